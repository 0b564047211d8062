"""A message tried: what it would make and change is told, and nothing is stored."""

from dataclasses import dataclass

from fhir_server.intake.v2_answer import refusal_of
from fhir_server.intake.v2_bundle import transaction_of
from fhir_server.intake.v2_letter import Arrival, Kept, Letter, read_letter, refusal_at_door
from fhir_server.intake.v2_report import report_of, state_of
from fhir_server.intake.v2_write import write_plan
from fhir_server.interactions.difference import difference
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Exchange
from fhir_server.store.feeds import KnownFeed
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.message import UnsupportedMessage, map_message

STAMPS = ("versionId", "lastUpdated")


class Tried(Exception):
    """Ends the unit of work of a trial, so that nothing of it is stored."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of a message: its state, why it is refused, and each change.

    A change tells `reference`, `action` (create, update, unchanged) and the `patch` of an update
    or the `resource` of a create.
    """

    feed: str
    state: str
    reason: str
    changes: tuple[JsonObject, ...]
    report: JsonObject


def try_message(
    data: bytes, runtime: Runtime, context: Context, *, feed: KnownFeed | None = None
) -> Trial:
    """Return what would become of a message, by a feed that need not be stored, else by its own."""
    known = runtime.feeds.known(lambda: runtime.store.read(context))
    if feed is not None:
        known = {feed.record.id: feed}
    default = feed.record.id if feed is not None else runtime.feeds.default
    letter = read_letter(Arrival(data, feed=feed.record.id if feed else ""), known, default)
    if letter.message is None:
        return _refused(letter, "parse_error", "no MSH segment found")
    refusal = refusal_at_door(letter.message, letter.known.record)
    if refusal is not None:
        return _refused(letter, "rejected", refusal.reason)
    try:
        mapped = map_message(letter.message, letter.known.feed)
    except MapError as error:
        state = "rejected" if isinstance(error, UnsupportedMessage) else "map_error"
        return _refused(letter, state, refusal_of(error, letter.message).reason)
    try:
        return _tried(letter, mapped, runtime, context)
    except FhirError as error:
        return _refused(letter, "map_error", str(error))


def _refused(letter: Letter, state: str, reason: str) -> Trial:
    return Trial(letter.known.record.id, state, reason, (), {})


def _tried(letter: Letter, mapped: Mapped, runtime: Runtime, context: Context) -> Trial:
    """Write what the message leads to, look at it, and undo it."""
    if letter.message is None:
        raise ValueError("a letter without a message")
    kept = Kept(_unkept(letter, runtime), letter.message, letter.known)
    told: list[Trial] = []

    def action(work: UnitOfWork) -> None:
        plan = transaction_of(mapped, work, runtime)
        write_plan(plan.bundle, work, runtime)
        work.flush()
        keys = list(dict.fromkeys((type, id) for type, id, _ in work.written))
        new = work.many(keys)
        old = {key: one for key in keys if (one := _former(new[key], work)) is not None}
        changes = tuple(_change(old.get(key), new[key], runtime) for key in keys)
        report = report_of(mapped, plan, kept)
        state = state_of(mapped, plan, kept)
        told.append(Trial(letter.known.record.id, state, "", changes, report))
        raise Tried

    try:
        with runtime.store.write(context) as work:
            action(work)
    except Tried:
        pass
    return told[0]


def _former(new: Version, work: UnitOfWork) -> Version | None:
    return work.version(new.type, new.id, new.number - 1) if new.number > 1 else None


def _change(old: Version | None, new: Version, runtime: Runtime) -> JsonObject:
    after = decode(new.body)
    if old is None or old.deleted:
        return {"reference": new.reference, "action": "create", "resource": _unstamped(after)}
    patch: JsonValue = difference(decode(old.body), after, runtime.definitions)
    return {"reference": new.reference, "action": "update", "patch": patch}


def _unstamped(resource: JsonObject) -> JsonObject:
    """Return a new resource without what only storing it would give it."""
    meta = resource.get("meta")
    given = meta if isinstance(meta, dict) else {}
    kept = {name: value for name, value in given.items() if name not in STAMPS}
    shown = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return shown | ({"meta": kept} if kept else {})


def _unkept(letter: Letter, runtime: Runtime) -> Exchange:
    return Exchange(
        0,
        "v2",
        "in",
        letter.facts,
        runtime.clock(),
        "",
        letter.arrival.data,
        "received",
        None,
        None,
    )
