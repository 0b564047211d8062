"""HL7 v2 messages found by what an operator knows of them, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, exists, func, select, update

from fhir_server.db.tables import exchange as table
from fhir_server.db.tables import exchange_key, message_queue
from fhir_server.outcome import NotFound
from fhir_server.search.visible import From
from fhir_server.store.content import aware, from_aware
from fhir_server.store.exchange_keys import Kind, key_of
from fhir_server.store.exchanges import Facts
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

CHUNK = 500
FACTS = ("partner", "kind", "control", "sender", "receiver", "name")
COLUMNS = ("id", *FACTS, "received", "state")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the messages; what is empty is not asked.

    `received` lies from `since` to before `until`; `before` is the message a page begins behind.
    """

    mrn: str = ""
    order: str = ""
    control: str = ""
    code: str = ""
    parent: str = ""
    feed: str = ""
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    limit: int = 50

    @property
    def names(self) -> list[tuple[Kind, str]]:
        """The names looked for, those first that find few."""
        named: list[tuple[Kind, str]] = [
            ("mrn", self.mrn),
            ("order", self.order),
            ("control", self.control),
            ("code", self.code),
            ("parent", self.parent),
            ("feed", self.feed),
        ]
        return [one for one in named if one[1]]


@dataclass(frozen=True, slots=True)
class Listed:
    """One message of a list; `parked` tells that its queue has given it up."""

    id: int
    facts: Facts
    received: datetime
    state: str
    parked: bool = False


def find(reader: Reader, wanted: Wanted) -> list[Listed]:
    """Return the messages that are wanted, newest first, at most `limit`."""
    tenant = reader.context.tenant
    keys = [key_of(tenant, name, value) for name, value in wanted.names]
    source: From = table
    order = table.c.id
    tests: list[ColumnElement[bool]] = [
        table.c.tenant == tenant,
        table.c.protocol == "v2",
        table.c.direction == "in",
    ]
    if keys:
        source = exchange_key.join(table, table.c.id == exchange_key.c.exchange)
        order = exchange_key.c.exchange
        tests.append(exchange_key.c.key == keys[0])
    for key in keys[1:]:
        other = exchange_key.alias()
        tests.append(exists().where(other.c.key == key, other.c.exchange == table.c.id))
    if wanted.states:
        tests.append(table.c.state.in_(wanted.states))
    if wanted.since is not None:
        tests.append(table.c.received >= from_aware(wanted.since))
    if wanted.until is not None:
        tests.append(table.c.received < from_aware(wanted.until))
    if wanted.before:
        tests.append(order < wanted.before)
    columns = [table.c[name] for name in COLUMNS]
    chosen = select(*columns).select_from(source).where(*tests)
    rows = reader.rows(chosen.order_by(order.desc()).limit(wanted.limit))
    found = [_listed(row) for row in rows]
    parked = _parked(reader, [one.id for one in found])
    return [Listed(*_members(one), parked=one.id in parked) for one in found]


def body(reader: Reader, id: int) -> bytes:
    """Return the text of a message, as it arrived. Raises NotFound."""
    own = (table.c.tenant == reader.context.tenant, table.c.protocol == "v2", table.c.id == id)
    rows = reader.rows(select(table.c.body).where(*own))
    if not rows:
        raise NotFound("no such message")
    return cast("bytes", rows[0][0])


def remove_texts(work: UnitOfWork, feed: str, before: datetime) -> int:
    """Remove the texts of some applied messages received before a moment; return how many.

    The acknowledgment, the report and the hash by which the same message is known stay.
    """
    old = (
        table.c.tenant == work.context.tenant,
        table.c.protocol == "v2",
        table.c.direction == "in",
        table.c.state.in_(("applied", "warning")),
        table.c.partner == feed,
        table.c.received < from_aware(before),
        func.length(table.c.body) > 0,
    )
    some = select(table.c.id).where(*old).order_by(table.c.id).limit(CHUNK)
    return work.change(update(table).where(table.c.id.in_(some)).values(body=b""))


def states_of(reader: Reader, ids: Sequence[int]) -> dict[int, str]:
    """Return the states of messages."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), CHUNK):
        some = list(ids[start : start + CHUNK])
        rows = reader.rows(select(table.c.id, table.c.state).where(table.c.id.in_(some)))
        found |= dict(cast("Sequence[tuple[int, str]]", rows))
    return found


def counts(reader: Reader) -> dict[tuple[str, str], int]:
    """Return how many messages there are by feed and state, without those that are applied."""
    columns = (table.c.partner, table.c.state)
    own = (
        table.c.tenant == reader.context.tenant,
        table.c.protocol == "v2",
        table.c.direction == "in",
        table.c.state != "applied",
    )
    rows = reader.rows(select(*columns, func.count()).where(*own).group_by(*columns))
    counted = cast("Sequence[tuple[str, str, int]]", rows)
    return {(feed, state): number for feed, state, number in sorted(counted)}


def oldest(reader: Reader, states: Sequence[str]) -> datetime | None:
    """Return when the oldest message in these states was received."""
    own = (
        table.c.tenant == reader.context.tenant,
        table.c.protocol == "v2",
        table.c.direction == "in",
        table.c.state.in_(states),
    )
    found = reader.rows(select(func.min(table.c.received)).where(*own))[0][0]
    return None if found is None else aware(cast("int", found))


def _parked(reader: Reader, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    queue = message_queue
    rows = reader.rows(select(queue.c.exchange).where(queue.c.exchange.in_(ids), queue.c.parked))
    return {cast("int", row[0]) for row in rows}


def _listed(row: Sequence[object]) -> Listed:
    value = dict(zip(COLUMNS, row, strict=True))
    facts = Facts(*[cast("str", value[name]) for name in FACTS])
    received = aware(cast("int", value["received"]))
    return Listed(cast("int", value["id"]), facts, received, cast("str", value["state"]))


def _members(one: Listed) -> tuple[int, Facts, datetime, str]:
    return one.id, one.facts, one.received, one.state
