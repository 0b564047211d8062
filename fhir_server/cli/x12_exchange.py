"""`parity x12 receive|batch|emit`: X12 files taken in and produced by an installation."""

import json
from pathlib import Path

import click

from fhir_server.billing import STEPS
from fhir_server.billing.collecting import collect_waiting
from fhir_server.billing.submission import shown
from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.cli.x12_check import FILE
from fhir_server.intake.x12 import receive as take_in
from fhir_server.store import partners


@click.command()
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


@click.command()
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


@click.command()
@click.argument("claim")
def emit(claim: str) -> None:
    """Print the interchange of CLAIM (`Claim/ID`) as it would leave; nothing is sent."""
    kind, _, id = claim.rpartition("/")
    if kind not in {"", "Claim"} or not id:
        raise click.UsageError(f"CLAIM is written Claim/ID, not {claim}")
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        click.echo(shown(id, reader, runtime))
