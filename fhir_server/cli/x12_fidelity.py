"""`parity x12 fidelity`: what the maps between FHIR and X12 keep, both ways."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from fhir_server.model.codec import decode
from fhir_server.outcome import FhirError
from mappers.fhir_x12.fidelity import Kept, summaries
from mappers.fhir_x12.fidelity_report import as_json as fidelity_json
from mappers.fhir_x12.fidelity_report import as_text as fidelity_text
from mappers.fhir_x12.maps import built_in, of_fhir, of_x12
from mappers.path import read


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.pass_context
def fidelity(context: click.Context, files: tuple[Path, ...], *, as_json: bool) -> None:
    """Tell what the maps between FHIR and X12 keep, by the built-in cases or by FILES.

    A file holds X12, or FHIR JSON: a Bundle or a resource. Exit 1 where a map keeps less than
    99 % of the populated elements.
    """
    kept = [one for file in files for one in _there_and_back(file)] if files else list(built_in())
    told = fidelity_json(kept) if as_json else fidelity_text(kept)
    click.echo(told if isinstance(told, str) else json.dumps(told, indent=2))
    context.exit(0 if all(one.is_enough for one in summaries(kept)) else 1)


def _there_and_back(file: Path) -> Iterator[Kept]:
    """Yield what comes back of each transaction set or resource of a file."""
    data = file.read_bytes()
    if not data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        yield from of_x12(file.name, data)
        return
    try:
        found = decode(data)
    except FhirError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    entries = [one for one in read(found, "entry.resource") if isinstance(one, dict)]
    yield from of_fhir(file.name, entries or [found])
