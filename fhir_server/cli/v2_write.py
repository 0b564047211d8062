"""`parity v2 write`: a stored resource as an HL7 v2 message, printed or sent."""

import click

from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.intake.v2_writing import WRITERS, Request, write_message
from fhir_server.model.feed import FeedRecord
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, feeds
from fhir_server.store.exchanges import Exchange
from hl7.client import MllpClient, NoAnswer

NO_FEED = FeedRecord("outbound")


@click.command()
@click.argument("reference")
@click.option("--event", default="", help="Trigger event, such as A08; else by its state.")
@click.option("--feed", default="", help="The feed whose names for systems the receiver knows.")
@click.option("--receiver", default="", help="Receiving application|facility (MSH-5, MSH-6).")
@click.option("--permit", multiple=True, help="A security label the receiver may be told.")
@click.option("--to", "address", default="", help="Send it there: HOST:PORT over MLLP.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for the answer.")
@click.pass_context
def write(
    context: click.Context,
    reference: str,
    event: str,
    feed: str,
    receiver: str,
    permit: tuple[str, ...],
    address: str,
    timeout: float,
) -> None:
    """Write REFERENCE (Type/id) as a message, keep it, and print it or send it.

    ADT for a Patient or an Encounter, SIU for an Appointment, ORU for a DiagnosticReport. What
    carries a label of special protection is written only where each such label is permitted.
    """
    type, _, id = reference.partition("/")
    application, _, facility = receiver.partition("|")
    host, _, port = address.rpartition(":")
    if not id:
        raise click.UsageError(f"REFERENCE is Type/id; types are {', '.join(WRITERS)}")
    if address and not (host and port.isdigit()):
        raise click.UsageError(f"--to wants HOST:PORT, not {address}")
    runtime = open_ready_runtime()
    asked = Request(type, id, event, (application, facility), frozenset(permit))
    with runtime.store.read(operator(runtime)) as reader:
        record = feeds.get(reader, feed) if feed else NO_FEED
    kept = runtime.store.transact(
        operator(runtime), lambda work: write_message(asked, record, runtime, work)
    )
    if not address:
        click.echo(kept.body.decode().replace("\r", "\n").rstrip())
        return
    context.exit(0 if _send(kept, host, int(port), timeout, runtime) else 1)


def _send(kept: Exchange, host: str, port: int, timeout: float, runtime: Runtime) -> bool:
    """Send a kept message, keep the answer and print it; say whether it was taken."""
    try:
        with MllpClient(host, port, timeout) as client:
            receipt, answer = client.send(kept.body)
    except (NoAnswer, OSError) as error:
        click.echo(f"exchange {kept.id} is kept; the receiver did not answer: {error}", err=True)
        return False
    state = "accepted" if receipt.accepted else "refused"
    runtime.store.transact(
        operator(runtime), lambda work: exchanges.set_state(work, kept.id, state, reply=answer)
    )
    click.echo(answer.decode("utf-8", "replace").replace("\r", "\n").rstrip())
    return receipt.accepted
