"""`parity v2 check|explain|send`: HL7 v2 text, judged, told in words, sent to a receiver."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import click

from fhir_server.cli.table import CommandTable
from hl7.acknowledgment import wants_acknowledgment
from hl7.check import check as judge
from hl7.client import MllpClient, NoAnswer
from hl7.explain import explain as tell
from hl7.message import NotHl7, parse

SILENCE = 2.0
"""Seconds a refusal is waited for of a message that wants no acknowledgment."""
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


class V2Commands(CommandTable):
    """What can be done with HL7 v2: with a file alone, and with the messages of an installation."""

    rows: ClassVar[Mapping[str, str]] = {
        "queue": "fhir_server.cli.v2_queue:queue",
        "show": "fhir_server.cli.v2_queue:show",
        "reprocess": "fhir_server.cli.v2_queue:reprocess",
        "resubmit": "fhir_server.cli.v2_queue:resubmit_copy",
        "prune": "fhir_server.cli.v2_feed:prune",
        "dry-run": "fhir_server.cli.v2_feed:dry_run",
        "feed": "fhir_server.cli.v2_feed:feed",
        "write": "fhir_server.cli.v2_write:write",
        "codes": "fhir_server.cli.v2_feed:codes",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, those of a file first."""
        return [*self.commands, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name, or None when there is none."""
        return self.commands.get(cmd_name) or super().get_command(ctx, cmd_name)


@click.group(cls=V2Commands)
def v2() -> None:
    """Judge, explain, send, find and apply HL7 v2 messages; keep feeds."""


@v2.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.option("--feed", help="Also map FILE by this feed: its name, or a feed file.")
@click.pass_context
def check(context: click.Context, file: Path, feed: str | None, *, as_json: bool) -> None:
    """Judge FILE: exit 0 when accepted, 1 when rejected."""
    if feed:
        from fhir_server.cli.v2_feed import check_by_feed  # noqa: PLC0415 - a file alone loads no server

        check_by_feed(context, file, feed, as_json=as_json)
        return
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
@click.option("--feed", help="Also tell what each field becomes by this feed: a name or a file.")
@click.option("--fhir", is_flag=True, help="Also tell what each field becomes, by no feed.")
def explain(file: Path, feed: str | None, *, fhir: bool) -> None:
    """Tell FILE in words: segments, fields, what is wrong with them and what they become."""
    if feed or fhir:
        from fhir_server.cli.v2_feed import explain_by_feed  # noqa: PLC0415 - a file alone loads no server

        click.echo(explain_by_feed(file, feed or ""))
        return
    click.echo(tell(judge(file.read_bytes())))


@v2.command()
@FILE
@click.option("--to", "address", required=True, help="Receiver as HOST:PORT.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds to wait for the answer.")
@click.pass_context
def send(context: click.Context, file: Path, address: str, timeout: float) -> None:
    """Send FILE over MLLP and print the acknowledgment, if it wants one; exit 1 when refused."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"--to wants HOST:PORT, not {address}")
    data = file.read_bytes()
    try:
        is_silent = not wants_acknowledgment(parse(data))
        patience = min(timeout, SILENCE) if is_silent else timeout
        with MllpClient(host, int(port), patience) as receiver:
            receipt, acknowledgment = receiver.send(data)
    except NotHl7 as error:
        click.echo(f"{file.name}: {error}", err=True)
        context.exit(1)
    except NoAnswer:
        if not is_silent:
            raise
        click.echo(f"{file.name}: sent; it wants no acknowledgment and none came", err=True)
        context.exit(0)
    click.echo(acknowledgment.decode("utf-8", "replace").replace("\r", "\n").rstrip())
    context.exit(0 if receipt.accepted else 1)
