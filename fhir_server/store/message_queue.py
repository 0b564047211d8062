"""The queue of HL7 v2 messages that are kept and not yet applied: in order for each patient.

A lane is the hash of a feed and a patient; a merge has two. Of a lane one message is in hand at a
time, the oldest first, under a lease: whoever is killed loses it by time, and the message is taken
again. A message that failed often enough is parked and frees its lanes, unless its feed holds what
follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)

from fhir_server.db.tables import message_queue as table
from fhir_server.store.content import from_aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

SECOND = 1_000_000
MAX_BACKOFF = 300
_ahead = table.alias()
PLACES = {"postgresql": "%s", "sqlite": "?"}
PUT = """INSERT INTO message_queue
  (exchange, tenant, feed, lane, other, parked, holds, due, lease, attempts) VALUES"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message to be queued, and the lanes in which it is applied."""

    exchange: int
    feed: str
    lanes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the queue; `attempts` counts how often it was taken."""

    exchange: int
    feed: str
    lanes: tuple[int, int]
    attempts: int


def put_all(work: UnitOfWork, waiting: Sequence[Waiting]) -> None:
    """Queue messages; one that is queued or parked waits anew, as if it was never tried."""
    if not waiting:
        return
    remove(work, [one.exchange for one in waiting])
    tenant, place = work.context.tenant, PLACES[work.session.dialect]
    rows = [(one.exchange, tenant, one.feed, *one.lanes, False, False, 0, 0, 0) for one in waiting]
    places = ", ".join([place] * len(rows[0]))
    work.session.run_many(f"{PUT} ({places})", rows)


def take(work: UnitOfWork, most: int, lease: int) -> list[Queued]:
    """Take the oldest messages whose lanes are free, one of each lane, for `lease` seconds."""
    free = and_(
        table.c.tenant == work.context.tenant,
        table.c.parked == false(),
        table.c.due <= work.now,
        table.c.lease < work.now,
        ~exists().where(
            _ahead.c.exchange < table.c.exchange,
            _shares_lane(),
            or_(_ahead.c.parked == false(), _ahead.c.holds),
        ),
    )
    chosen = (
        select(table)
        .where(free)
        .order_by(table.c.exchange)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    work.begin()
    found = [_queued(row) for row in work.changed(chosen)]
    if found:
        work.change(
            update(table)
            .where(table.c.exchange.in_([one.exchange for one in found]))
            .values(lease=work.now + lease * SECOND, attempts=table.c.attempts + 1)
        )
    return found


def remove(work: UnitOfWork, exchanges: Sequence[int]) -> None:
    """Take messages out of the queue, in the commit that applies them."""
    work.change(delete(table).where(table.c.exchange.in_(list(exchanges))))


def fail(
    work: UnitOfWork, one: Queued, *, attempts: int, holds: bool
) -> Literal["parked", "deferred"]:
    """Give a failed message back: later and later, and parked when it was tried often enough."""
    is_parked = one.attempts >= attempts
    pause = min(2**one.attempts, MAX_BACKOFF) * SECOND
    work.change(
        update(table)
        .where(table.c.exchange == one.exchange)
        .values(parked=is_parked, holds=is_parked and holds, due=work.now + pause, lease=0)
    )
    return "parked" if is_parked else "deferred"


def parked_ahead(reader: Reader, exchange: int, lanes: tuple[int, int]) -> list[int]:
    """Return the parked messages of these lanes that are older than a message."""
    chosen = select(table.c.exchange).where(
        table.c.exchange < exchange,
        table.c.parked,
        or_(table.c.lane.in_(lanes), table.c.other.in_(lanes)),
    )
    return [cast("int", row[0]) for row in reader.rows(chosen.order_by(table.c.exchange))]


_BUSY = select(table.c.lane, table.c.other).where(
    table.c.parked == false(),
    or_(
        table.c.lane.in_(bindparam("lanes", expanding=True)),
        table.c.other.in_(bindparam("lanes", expanding=True)),
    ),
)


def busy(reader: Reader, lanes: Sequence[int]) -> set[int]:
    """Return the lanes of these in which messages wait."""
    rows = reader.rows(_BUSY, {"lanes": sorted(set(lanes))})
    return {cast("int", lane) for row in rows for lane in row}


_DUE = select(table.c.exchange).where(
    table.c.tenant == bindparam("own"),
    table.c.parked == false(),
    table.c.due <= bindparam("now"),
    table.c.lease < bindparam("now"),
)


def any_due(reader: Reader, now: datetime) -> bool:
    """Tell whether a message waits whose time has come."""
    asked = {"own": reader.context.tenant, "now": from_aware(now)}
    return bool(reader.rows(_DUE.limit(1), asked))


def length(reader: Reader) -> int:
    """Return how many messages wait, without those that are parked."""
    waiting = and_(table.c.tenant == reader.context.tenant, table.c.parked == false())
    return cast("int", reader.rows(select(func.count()).where(waiting))[0][0])


def _shares_lane() -> ColumnElement[bool]:
    return or_(
        _ahead.c.lane == table.c.lane,
        _ahead.c.lane == table.c.other,
        _ahead.c.other == table.c.lane,
        _ahead.c.other == table.c.other,
    )


def _queued(row: Sequence[object]) -> Queued:
    value = {column.name: one for column, one in zip(table.c, row, strict=True)}
    return Queued(
        cast("int", value["exchange"]),
        cast("str", value["feed"]),
        (cast("int", value["lane"]), cast("int", value["other"])),
        cast("int", value["attempts"]) + 1,
    )
