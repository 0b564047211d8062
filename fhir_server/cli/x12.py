"""`parity x12 check|explain|receive|emit`: X12 files judged, told, taken in, produced."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from fhir_server.billing import STEPS
from fhir_server.billing.collecting import collect_waiting
from fhir_server.billing.finding_issue import finding_issues
from fhir_server.billing.submission import shown
from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.cli.x12_codes import codes
from fhir_server.cli.x12_fidelity import fidelity
from fhir_server.cli.x12_judging import (
    NO_COLOR,
    OVERLAY,
    PARTNER,
    SNIP,
    asked_terms,
    echo_painted,
)
from fhir_server.intake.x12 import receive as take_in
from fhir_server.outcome import operation_outcome
from fhir_server.store import partners
from mappers.x12.check import check_stream
from mappers.x12.explain import Explanation
from mappers.x12.streaming import answer_to, blocks, spare_collector

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))

_WRITTEN = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def x12() -> None:
    """Judge, explain, take in and produce X12 interchanges."""


x12.add_command(codes)
x12.add_command(fidelity)


@x12.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.option("--outcome", "as_outcome", is_flag=True, help="Print it as an OperationOutcome.")
@click.option("--ack", type=_WRITTEN, help="Write the TA1 and 999 that answer FILE to this file.")
@SNIP
@PARTNER
@OVERLAY
@NO_COLOR
@click.pass_context
def check(
    context: click.Context,
    file: Path,
    ack: Path | None,
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
    """
    terms = asked_terms(partner, overlay, snip)
    with spare_collector():
        report = check_stream(blocks(file), file.name, terms)
    if ack is not None:
        ack.write_bytes(answer_to(report.received, datetime.now(UTC)))
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2))
    elif as_outcome:
        click.echo(json.dumps(operation_outcome(finding_issues(report.findings)), indent=2))
    else:
        echo_painted(report.as_text(), no_color)
    context.exit(1 if report.verdict == "rejected" else 0)


@x12.command()
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


@x12.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print what became of it as one JSON object.")
@click.pass_context
def receive(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Take FILE in as if it had arrived; print its acknowledgment; exit 1 when it is set aside."""
    runtime = open_ready_runtime()
    taken = take_in(file.read_bytes(), file.name, runtime, operator(runtime), STEPS)
    if as_json:
        reply = taken.reply.decode("latin-1") if taken.reply else None
        result = {"exchange": taken.exchange, "state": taken.state, "reply": reply}
        click.echo(json.dumps(result, indent=2))
    else:
        click.echo(f"exchange {taken.exchange}: {taken.state}", err=True)
        if taken.reply:
            click.echo(taken.reply)
    context.exit(0 if taken.state == "applied" else 1)


@x12.command()
@click.argument("partner", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the exchanges as one JSON object.")
def batch(partner: str | None, *, as_json: bool) -> None:
    """Gather the claims that wait for PARTNER (or for every partner) now; the worker sends them."""
    runtime = open_ready_runtime()
    context = operator(runtime)
    with runtime.store.read(context) as reader:
        known = [one.id for one in partners.all_partners(reader)]
    made = {
        one: collect_waiting(one, context, runtime)
        for one in ([partner] if partner is not None else known)
    }
    if as_json:
        click.echo(json.dumps({id: [str(one) for one in some] for id, some in made.items()}))
        return
    for id, some in made.items():
        click.echo(f"{id}: {len(some)} interchanges {' '.join(map(str, some))}".rstrip())


@x12.command()
@click.argument("claim")
def emit(claim: str) -> None:
    """Print the interchange of CLAIM (`Claim/ID`) as it would leave; nothing is sent."""
    kind, _, id = claim.rpartition("/")
    if kind not in {"", "Claim"} or not id:
        raise click.UsageError(f"CLAIM is written Claim/ID, not {claim}")
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        click.echo(shown(id, reader, runtime))
