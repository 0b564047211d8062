"""`parity x12 codes load|list|remove`: the code lists of a site, from its own licensed files."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.store import code_lists
from mappers.x12.codes.catalog import BY_NAME, LISTINGS
from mappers.x12.codes.csv_file import NoCodes, read_csv

NAME = click.argument("name", type=click.Choice([one.name for one in LISTINGS]), metavar="LIST")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def codes() -> None:
    """Load code lists from the site's own files, and see which are loaded."""


@codes.command()
@NAME
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print what was loaded as one JSON object.")
@click.option("--encoding", default="utf-8", show_default=True, help="How the file is written.")
@click.pass_context
def load(context: click.Context, name: str, file: Path, encoding: str, *, as_json: bool) -> None:
    """Put the codes of FILE in the place of LIST; exit 1 if some lines were unread.

    LIST is one of those `parity x12 codes list --all` shows. FILE is a table (commas or tabs) with
    the columns of its publisher (X12, CMS, NUCC or plain ones), or the ICD-10-CM order file.
    """
    try:
        with file.open(newline="", encoding=encoding) as lines:
            found = read_csv(lines, BY_NAME[name])
    except (NoCodes, UnicodeDecodeError, LookupError) as error:
        raise click.UsageError(f"{file.name}: {error}") from None
    runtime = open_ready_runtime()
    made = runtime.store.transact(
        operator(runtime), lambda work: code_lists.replace(work, name, file.name, found.rows)
    )
    if as_json:
        told = {"list": name, "codes": made.codes, "problems": list(found.problems)}
        click.echo(json.dumps(told, indent=2))
    else:
        for problem in found.problems:
            click.echo(f"{file.name}: {problem}", err=True)
        click.echo(f"{name}: {made.codes} codes from {file.name}")
    context.exit(1 if found.problems else 0)


@codes.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print them as one JSON array.")
@click.option("--all", "all_of_them", is_flag=True, help="Show the lists that may be loaded too.")
def shown(*, as_json: bool, all_of_them: bool) -> None:
    """Show the lists that are loaded: codes, file, day."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        loaded = {one.name: one for one in code_lists.loaded_lists(reader)}
    if as_json:
        click.echo(json.dumps([asdict(one) for one in loaded.values()], indent=2))
        return
    for listing in LISTINGS:
        one = loaded.get(listing.name)
        if one is not None:
            day = datetime.fromtimestamp(one.loaded / 1_000_000, UTC).date()
            click.echo(f"{one.name}: {one.codes} codes from {one.source}, loaded {day}")
        elif all_of_them:
            click.echo(f"{listing.name}: not loaded ({listing.title}, {listing.owner})")


@codes.command()
@NAME
def remove(name: str) -> None:
    """Take LIST out: its codes are no longer judged."""
    runtime = open_ready_runtime()
    runtime.store.transact(operator(runtime), lambda work: code_lists.remove(work, name))
    click.echo(f"{name}: taken out")
