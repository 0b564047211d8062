"""`parity partner list|show|test`: the trading partners and how they are reached."""

import json

import click
import msgspec

from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.outcome import FhirError
from fhir_server.store import circuits, partners
from fhir_server.store.circuits import Circuit

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def partner() -> None:
    """List and show the trading partners, and try to reach one."""


@partner.command("list")
@JSON
def list_partners(*, as_json: bool) -> None:
    """List the partners: id, transport, how they were reached lately."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = partners.all_partners(reader)
        tried = circuits.all_circuits(reader)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(known), indent=2))
        return
    for one in known:
        kind = type(one.transport).__name__.lower()
        words = _words(tried.get(one.id, Circuit(one.id)))
        click.echo(f"{one.id}  {kind:<9} {one.usage}  {one.name}: {words}")


@partner.command()
@click.argument("id")
@JSON
def show(id: str, *, as_json: bool) -> None:
    """Show partner ID whole, and how it was reached lately; credentials by name only."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = partners.get(reader, id)
        circuit = circuits.of(reader, id)
    told = {"partner": msgspec.to_builtins(known), "circuit": msgspec.to_builtins(circuit)}
    click.echo(json.dumps(told, indent=2))
    if not as_json:
        click.echo(_words(circuit), err=True)


@partner.command()
@click.argument("id")
@JSON
@click.pass_context
def test(context: click.Context, id: str, *, as_json: bool) -> None:
    """Try to reach partner ID without sending anything: exit 0 when it is, 1 when it is not."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = partners.get(reader, id)
    transport = runtime.transports.of(known)
    try:
        words, is_reached = transport.test(), True
    except FhirError as error:
        words, is_reached = str(error), False
    finally:
        transport.close()
    if as_json:
        click.echo(json.dumps({"partner": id, "reached": is_reached, "told": words}))
    else:
        click.echo(words, err=not is_reached)
    context.exit(0 if is_reached else 1)


def _words(circuit: Circuit) -> str:
    """Return how a partner was reached, for a person."""
    if circuit.failures and circuit.retry is not None:
        return (
            f"not reached, {circuit.failures} attempts; tried again after"
            f" {circuit.retry:%Y-%m-%d %H:%M:%S} UTC; {circuit.reason}"
        )
    if circuit.reached is not None:
        return f"reached {circuit.reached:%Y-%m-%d %H:%M} UTC"
    return "not tried yet"
