"""`parity v2 feed|codes|dry-run`: feeds from files, messages tried by them, codes resolved."""

import json
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from fhir_server.cli.installation import open_ready_runtime, open_runtime_if_any, operator
from fhir_server.http.feeds import check_port
from fhir_server.http.forms import FEED_ID, read_feed
from fhir_server.intake.v2_code import resolve_code
from fhir_server.intake.v2_dry_run import Trial, try_message
from fhir_server.intake.v2_explain import explain_mapped
from fhir_server.intake.v2_letter import Arrival, read_letter
from fhir_server.intake.v2_queue import prune_feed, queue_again
from fhir_server.intake.v2_told import code_told, tried
from fhir_server.model.feed import FeedRecord
from fhir_server.outcome import Invalid
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError
from fhir_server.store import feeds, unmapped_codes
from fhir_server.store.feed_codes import CodeRow
from fhir_server.store.feeds import KnownFeed
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.batch import split_messages

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
FEED = click.option("--feed", default="", help="The name of a feed, or a feed file.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
NO_FEED = FeedRecord("default", processing=())


@click.group()
def feed() -> None:
    """Keep feeds: load one from a file, list and show them."""


@feed.command()
@FILE
def load(file: Path) -> None:
    """Add the feed in FILE (TOML or JSON), or replace the one with its id."""
    record = read_file(file)
    runtime = open_ready_runtime()

    def put(work: UnitOfWork) -> None:
        check_port(record, work)
        feeds.put(work, record)

    runtime.store.transact(operator(runtime), put)
    click.echo(f"feed {record.id} is kept")


@feed.command("list")
@JSON
def list_feeds(*, as_json: bool) -> None:
    """List the feeds: id, port, senders, when they are acknowledged."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = feeds.known(reader)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(list(known.values()))).decode())
        return
    for id, one in known.items():
        port = f"port {one.listen.port}" if one.listen else "no port"
        senders = ", ".join(f"{party.application}|{party.facility}" for party in one.senders)
        click.echo(f"{id}  {port}  {one.acknowledgment.after}  {senders or 'any sender'}")


@feed.command("show")
@click.argument("id")
def show_feed(id: str) -> None:
    """Show feed ID whole, as JSON; credentials by name only."""
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        found = feeds.get(reader, id)
    click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())


@click.command()
@click.option("--feed", "name", default="", help="Of this feed.")
@click.option("--resolve", "row", default="", help="Put a row: TABLE:CODE=TARGET; needs --feed.")
@click.option("--system", default="", help="The system of the target.")
@click.option("--reprocess", is_flag=True, help="Queue the messages that wait for the row.")
@JSON
def codes(name: str, row: str, system: str, *, reprocess: bool, as_json: bool) -> None:
    """List the codes that wait for a row, or put one into the ConceptMap of a feed."""
    runtime = open_ready_runtime()
    if row:
        place, has_target, target = row.partition("=")
        table, has_code, code = place.partition(":")
        if not (name and has_code and has_target):
            raise click.UsageError("--resolve wants TABLE:CODE=TARGET, and --feed")
        made = CodeRow(table, code, target, system)
        waiting = resolve_code(name, made, runtime, operator(runtime))
        if reprocess:
            queue_again(waiting, runtime, operator(runtime))
        click.echo(f"{len(waiting)} messages {'are queued again' if reprocess else 'wait for it'}")
        return
    with runtime.store.read(operator(runtime)) as reader:
        found = unmapped_codes.listed(reader, name)
    if as_json:
        click.echo(json.dumps([code_told(one) for one in found], indent=2))
        return
    for one in found:
        click.echo(f"{one.feed}  {one.table}:{one.code}  {one.count} messages, first {one.first}")


@click.command()
def prune() -> None:
    """Remove the texts of applied messages that are older than their feeds keep them.

    What became of them stays, and the same message again is still known by its hash.
    """
    runtime = open_ready_runtime()
    with runtime.store.read(operator(runtime)) as reader:
        known = feeds.known(reader)
    for id, one in known.items():
        if one.retention_days:
            before = runtime.clock() - timedelta(days=one.retention_days)
            click.echo(f"{id}: {prune_feed(id, before, runtime, operator(runtime))} texts removed")


@click.command("dry-run")
@FILE
@FEED
@JSON
@click.pass_context
def dry_run(context: click.Context, file: Path, feed: str, *, as_json: bool) -> None:
    """Tell what the messages of FILE would make and change; nothing is stored."""
    runtime = open_ready_runtime()
    known = known_feed(feed, runtime) if feed else None
    trials = [
        try_message(data, runtime, operator(runtime), feed=known)
        for _, data in split_messages(file.read_bytes())
    ]
    if as_json:
        click.echo(json.dumps([tried(one) for one in trials], indent=2, default=str))
    else:
        for one in trials:
            click.echo("\n".join(_lines(one)))
    context.exit(1 if any(one.reason for one in trials) else 0)


def check_by_feed(context: click.Context, file: Path, name: str, *, as_json: bool) -> None:
    """Judge a file and map it by a feed; exit 1 when a message is not taken or not mapped."""
    known = known_feed(name, open_runtime_if_any())
    told = []
    for _, data in split_messages(file.read_bytes()):
        letter = read_letter(
            Arrival(data, feed=known.record.id), {known.record.id: known}, known.record.id
        )
        told.append(explain_mapped(letter))
    if as_json:
        click.echo(json.dumps([one.to_json() for one in told], indent=2))
    else:
        for one in told:
            click.echo("\n".join(one.summary()))
    context.exit(1 if any(one.refusal for one in told) else 0)


def explain_by_feed(file: Path, name: str) -> str:
    """Return the messages of a file in words, with what each field becomes by a feed."""
    known = (
        known_feed(name, open_runtime_if_any()) if name else KnownFeed(NO_FEED, NO_FEED.to_feed())
    )
    lines: list[str] = []
    for _, data in split_messages(file.read_bytes()):
        letter = read_letter(
            Arrival(data, feed=known.record.id), {known.record.id: known}, known.record.id
        )
        lines += explain_mapped(letter).lines()
    return "\n".join(lines)


def known_feed(name: str, runtime: Runtime | None) -> KnownFeed:
    """Return the feed in a file of this name, else the one that is kept under it."""
    path = Path(name)
    if path.suffix in (".toml", ".json") and path.is_file():
        record = read_file(path)
        return KnownFeed(record, record.to_feed())
    if runtime is None:
        raise SettingError(f"{name} is no feed file, and no installation is here that keeps feeds")
    with runtime.store.read(operator(runtime)) as reader:
        found = runtime.feeds.read(reader)
    if name not in found:
        raise SettingError(f"feed {name} is not known: there are {', '.join(found)}")
    return found[name]


def read_file(file: Path) -> FeedRecord:
    """Return the feed in a TOML or JSON file; it tells its id. Raises SettingError."""
    text = file.read_text(encoding="utf-8")
    try:
        told = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except ValueError as error:
        raise SettingError(f"{file} cannot be read: {error}") from None
    id = told.get("id") if isinstance(told, Mapping) else None
    if not isinstance(id, str) or FEED_ID.fullmatch(id) is None:
        raise SettingError(f"{file}: id must be 1 to 50 letters, digits, dots and hyphens")
    try:
        return read_feed(json.dumps(told, default=str).encode(), id)
    except Invalid as error:
        places = "; ".join(one.diagnostics for one in error.issues)
        raise SettingError(f"{file}: {places}") from None


def _lines(trial: Trial) -> list[str]:
    lines = [f"feed {trial.feed}: {trial.state}{f': {trial.reason}' if trial.reason else ''}"]
    for one in trial.changes:
        lines.append(f"  {one['action']} {one['reference']}")
        patch = one.get("patch")
        if isinstance(patch, dict):
            lines += [f"    {text}" for text in _operations(patch.get("parameter"))]
    for name in ("unmapped", "untranslated"):
        rows = trial.report.get(name)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                code = f" code {row['code']}" if "code" in row else ""
                lines.append(f"  {name} {row['path']}{code}")
    return lines


def _operations(parameter: object) -> list[str]:
    """Return the operations of a patch, a line each: type and path."""
    lines = []
    for one in parameter if isinstance(parameter, list) else []:
        parts = {part["name"]: part for part in one.get("part", [])}
        kind = parts.get("type", {}).get("valueCode", "")
        path = parts.get("path", {}).get("valueString", "")
        name = parts.get("name", {}).get("valueString", "")
        lines.append(f"{kind} {path}{f'.{name}' if name else ''}")
    return lines
