"""`parity x12 check|explain`: X12 files judged and told.

What an installation is made of is imported only beside one: a file alone is judged at once and in
little memory.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from fhir_server.cli.x12_judging import (
    NO_COLOR,
    OVERLAY,
    PARTNER,
    SNIP,
    asked_terms,
    echo_painted,
)
from fhir_server.outcome import operation_outcome
from mappers.x12.check import check_stream
from mappers.x12.explain import Explanation
from mappers.x12.findings import Finding
from mappers.x12.streaming import answer_to, blocks, spare_collector, statuses_to

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_WRITTEN = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.option("--outcome", "as_outcome", is_flag=True, help="Print it as an OperationOutcome.")
@click.option("--ack", type=_WRITTEN, help="Write the TA1 and 999 that answer FILE to this file.")
@click.option(
    "--status", type=_WRITTEN, help="Write the 277CA that answers the claims of FILE to this file."
)
@SNIP
@PARTNER
@OVERLAY
@NO_COLOR
@click.pass_context
def check(
    context: click.Context,
    file: Path,
    ack: Path | None,
    status: Path | None,
    snip: int,
    partner: str,
    overlay: str,
    no_color: str,
    *,
    as_json: bool,
    as_outcome: bool,
) -> None:
    """Judge FILE: exit 0 when accepted, 1 when rejected.

    The lists an installation here has loaded are used; a file of any size needs little memory.
    For the 277CA the file is read a second time, and each claim leaves its verdict.
    """
    terms = asked_terms(partner, overlay, snip)
    errors: list[list[Finding]] = []
    with spare_collector():
        report = check_stream(
            blocks(file), file.name, terms, (lambda _, found: errors.append(_errors(found)))
        )
    if ack is not None:
        ack.write_bytes(answer_to(report.received, datetime.now(UTC)))
    if status is not None:
        _write_status(status, file, errors)
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    elif as_outcome:
        click.echo(json.dumps(_outcome(report.findings), indent=2))
    else:
        echo_painted(report.as_text(), no_color)
    context.exit(1 if report.verdict == "rejected" else 0)


@click.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print its segments as one JSON object.")
@SNIP
@PARTNER
@OVERLAY
@NO_COLOR
def explain(
    file: Path, snip: int, partner: str, overlay: str, no_color: str, *, as_json: bool
) -> None:
    """Tell FILE in words: loops, segments and what is wrong with them."""
    told = Explanation.of(file.read_bytes(), file.name, asked_terms(partner, overlay, snip))
    if as_json:
        click.echo(json.dumps(told.as_json(), indent=2))
    else:
        echo_painted(told.as_text(), no_color)


def _errors(found: Sequence[Finding]) -> list[Finding]:
    return [one for one in found if one.severity == "error"]


def _write_status(to: Path, file: Path, errors: Sequence[Sequence[Finding]]) -> None:
    with spare_collector():
        answer = statuses_to(blocks(file), errors, datetime.now(UTC))
    to.write_bytes(answer)
    if not answer:
        click.echo(f"{file.name} holds no claims whose sender can be answered", err=True)


def _outcome(findings: Sequence[Finding]) -> object:
    from fhir_server.billing.finding_issue import finding_issues  # noqa: PLC0415  all of billing

    return operation_outcome(finding_issues(findings))
