"""`parity v2 queue|show|reprocess|resubmit`: the messages of an installation, for who runs it."""

import json
from datetime import timedelta
from pathlib import Path

import click

from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.intake.v2_queue import apply_again, apply_waiting, queue_again, resubmit
from fhir_server.intake.v2_told import listed, moment, shown
from fhir_server.model.message import STATES
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import message_queue, message_search, unmapped_codes
from fhir_server.store.message_search import Wanted

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
MOST_AGAIN = 100_000


@click.command()
@click.option("--state", multiple=True, type=click.Choice(STATES), help="In this state.")
@click.option("--feed", default="", help="Of this feed.")
@click.option("--mrn", default="", help="About the patient of this number (PID-3).")
@click.option("--order", default="", help="With this order number (ORC-2/3/4, OBR-2/3).")
@click.option("--control", default="", help="With this control id (MSH-10).")
@click.option("--since", default="", help="Received from this moment on.")
@click.option("--older-than", default=0, help="Received more than so many minutes ago.")
@click.option("--limit", default=50, show_default=True, help="Most messages listed.")
@JSON
def queue(
    state: tuple[str, ...],
    feed: str,
    mrn: str,
    order: str,
    control: str,
    since: str,
    older_than: int,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List messages, newest first, and how many there are in each state."""
    runtime = open_ready_runtime()
    until = runtime.clock() - timedelta(minutes=older_than) if older_than else None
    wanted = Wanted(
        mrn=mrn,
        order=order,
        control=control,
        feed=feed,
        states=state,
        since=moment(since, "--since") if since else None,
        until=until,
        limit=limit,
    )
    with runtime.store.read(operator(runtime)) as reader:
        found = message_search.find(reader, wanted)
        counted = message_search.counts(reader)
        waiting = message_queue.length(reader)
    rows: list[JsonValue] = [listed(one) for one in found]
    if as_json:
        counts = {f"{feed}/{state}": number for (feed, state), number in counted.items()}
        click.echo(json.dumps({"waiting": waiting, "counts": counts, "messages": rows}, indent=2))
        return
    for one in found:
        facts, parked = one.facts, " parked" if one.parked else ""
        click.echo(
            f"{one.id}  {one.received:%Y-%m-%d %H:%M:%S}  {facts.partner:<12} {facts.kind:<8}"
            f" {facts.control:<20} {one.state}{parked}"
        )
    for (name, held), number in counted.items():
        click.echo(f"{name}: {number} {held}")
    click.echo(f"{waiting} wait for a worker")


@click.command()
@click.argument("id", type=int)
@click.option("--text", is_flag=True, help="Print the message itself.")
def show(id: int, *, text: bool) -> None:
    """Show message ID: its state, why, its resources, its unmapped fields; or its text."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        told = shown(reader, id)
        body = message_search.body(reader, id)
    if text:
        click.echo(body.decode("utf-8", "replace").replace("\r", "\n").rstrip())
    else:
        click.echo(json.dumps(told, indent=2))


@click.command()
@click.argument("id", type=int, nargs=-1)
@click.option("--state", multiple=True, type=click.Choice(STATES), help="All in this state.")
@click.option("--feed", default="", help="All of this feed.")
@click.option("--code", default="", help="All that hold this code, as TABLE:CODE; needs --feed.")
@click.pass_context
def reprocess(
    context: click.Context, id: tuple[int, ...], state: tuple[str, ...], feed: str, code: str
) -> None:
    """Apply messages again, by ID or all in a state, by their feeds as they are now."""
    runtime = open_ready_runtime()
    if id:
        context.exit(_one_by_one(id, runtime))
    if not (state or feed):
        raise click.UsageError("name messages, or --state, or --feed")
    table, _, wanted_code = code.partition(":")
    name = unmapped_codes.name_of((feed, table, wanted_code)) if code else ""
    wanted = Wanted(feed=feed, states=state, code=name, limit=MOST_AGAIN)
    with runtime.store.read(operator(runtime)) as reader:
        ids = [one.id for one in message_search.find(reader, wanted)]
    queue_again(ids, runtime, operator(runtime))
    while apply_waiting(runtime):
        pass
    with runtime.store.read(operator(runtime)) as reader:
        states = message_search.states_of(reader, ids)
    for held in sorted(set(states.values())):
        click.echo(f"{sum(one == held for one in states.values())} {held}")


def _one_by_one(ids: tuple[int, ...], runtime: Runtime) -> int:
    failed = 0
    for one in ids:
        try:
            done = apply_again(one, runtime, operator(runtime))
        except FhirError as error:
            click.echo(f"{one}: {error}", err=True)
            failed = 1
            continue
        click.echo(f"{one}: {done.state}{f': {done.reason}' if done.reason else ''}")
        failed = failed or int(bool(done.reason))
    return failed


@click.command("resubmit")
@click.argument("id", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@JSON
@click.pass_context
def resubmit_copy(context: click.Context, id: int, file: Path, *, as_json: bool) -> None:
    """Take in FILE as a mended copy of message ID; the original stays."""
    runtime = open_ready_runtime()
    made = resubmit(id, file.read_bytes(), runtime, operator(runtime))
    told: JsonObject = {"id": str(made.exchange), "state": made.state, "reason": made.reason}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{made.exchange}: {made.state}{f': {made.reason}' if made.reason else ''}")
    context.exit(1 if made.reason else 0)
