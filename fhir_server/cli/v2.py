"""`parity v2 check|explain|send`: HL7 v2 text, judged, told in words, sent to a receiver."""

import json
from pathlib import Path

import click

from hl7.check import check as judge
from hl7.client import MllpClient
from hl7.explain import explain as tell
from hl7.message import NotHl7

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def v2() -> None:
    """Judge, explain and send HL7 v2 messages."""


@v2.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.pass_context
def check(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Judge FILE: exit 0 when accepted, 1 when rejected."""
    report = judge(file.read_bytes())
    if as_json:
        click.echo(json.dumps(report.to_json(), indent=2))
    else:
        for finding in report.findings:
            click.echo(f"{finding.kind.severity}: {finding.text}")
        click.echo(f"{file.name}: {report.verdict}, {len(report.messages)} message(s)")
    context.exit(1 if report.verdict == "rejected" else 0)


@v2.command()
@FILE
def explain(file: Path) -> None:
    """Tell FILE in words: segments, fields and what is wrong with them."""
    click.echo(tell(judge(file.read_bytes())))


@v2.command()
@FILE
@click.option("--to", "address", required=True, help="Receiver as HOST:PORT.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for the answer.")
@click.pass_context
def send(context: click.Context, file: Path, address: str, timeout: float) -> None:
    """Send FILE over MLLP and print the acknowledgment; exit 1 when it is refused."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"--to wants HOST:PORT, not {address}")
    try:
        with MllpClient(host, int(port), timeout) as receiver:
            receipt, acknowledgment = receiver.send(file.read_bytes())
    except NotHl7 as error:
        click.echo(f"{file.name}: {error}", err=True)
        context.exit(1)
    click.echo(acknowledgment.decode("utf-8", "replace").replace("\r", "\n").rstrip())
    context.exit(0 if receipt.accepted else 1)
