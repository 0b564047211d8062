"""The journal of X12 and HL7 v2 texts: each kept byte for byte before anything else is done.

An exchange is one inbound or outbound text. It names the resources it made or carries, so that
every element can be traced to where it came from and where it went.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal, cast

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, select, text, union_all, update

from fhir_server.db.session import Record
from fhir_server.db.tables import exchange as table
from fhir_server.db.tables import exchange_link as link_table
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import NotFound
from fhir_server.store.content import aware, from_aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

Protocol = Literal["x12", "v2"]
Direction = Literal["in", "out"]
LINK = {
    "postgresql": text(
        "INSERT INTO exchange_link (exchange, type, fid, place)"
        " SELECT :exchange, one ->> 0, one ->> 1, one ->> 2"
        " FROM json_array_elements(CAST(:links AS json)) AS one ON CONFLICT DO NOTHING"
    ),
    "sqlite": text(
        "INSERT OR IGNORE INTO exchange_link (exchange, type, fid, place)"
        " SELECT :exchange, json_extract(value, '$[0]'), json_extract(value, '$[1]'),"
        " json_extract(value, '$[2]') FROM json_each(:links)"
    ),
}
"""Notes any number of links in one statement of one text, which is compiled once."""


_SAME_CONTROL = select(table.c.id, table.c.sha256).where(
    table.c.tenant == bindparam("own"),
    table.c.protocol == bindparam("protocol"),
    table.c.direction == bindparam("direction"),
    table.c.sender == bindparam("sender"),
    table.c.control == bindparam("control"),
)
_SAME = _SAME_CONTROL.where(table.c.sha256 == bindparam("digest")).order_by(table.c.id).limit(1)
_OTHER = _SAME_CONTROL.where(table.c.sha256 != bindparam("digest")).limit(1)
KNOWN = union_all(select(_SAME.subquery()), select(_OTHER.subquery()))
"""The text itself where it is kept already, and one other with its control number."""
KEEP = insert(table)
SETTLE = (
    update(table)
    .where(
        table.c.tenant == bindparam("own"),
        table.c.id == bindparam("exchange"),
        table.c.state != bindparam("unless"),
    )
    .values({name: bindparam(name) for name in ("state", "reply", "report")})
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a text without understanding it; empty where it is not known.

    `partner` is a partner's or feed's id; `kind` 837, 835, 999, ORU^R01 and so on; `control` is
    ISA13 or MSH-10; `sender` and `receiver` as in the envelope; `name` the file or peer.
    """

    partner: str = ""
    kind: str = ""
    control: str = ""
    sender: str = ""
    receiver: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A resource an exchange made, changed or carries, and the place in the text, if known."""

    type: str
    id: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What taking in one part of a text led to: resources, remarks, and whether it is set aside."""

    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """One text as kept, with what became of it.

    `state` is the flow's own word: received, applied, set-aside, ready, sent and so on; `reply`
    the acknowledgment sent or received; `report` findings, unmapped fields, reasons.
    """

    id: int
    protocol: Protocol
    direction: Direction
    facts: Facts
    received: datetime
    sha256: str
    body: bytes
    state: str
    reply: bytes | None
    report: JsonObject | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A text as kept, and whether it came the first time.

    `other` is an exchange of the sender with the same control number and other bytes, if any.
    """

    exchange: Exchange
    is_new: bool
    other: int | None


def keep(
    work: UnitOfWork,
    protocol: Protocol,
    direction: Direction,
    body: bytes,
    facts: Facts,
    state: str,
) -> Exchange:
    """Keep a text; commit before doing anything with what it says."""
    row: dict[str, object] = {
        "id": work.new_key(),
        "tenant": work.context.tenant,
        "protocol": protocol,
        "direction": direction,
        **_columns(facts),
        "received": work.now,
        "sha256": sha256(body).hexdigest(),
        "body": body,
        "state": state,
        "reply": None,
        "report": None,
    }
    work.change(KEEP, row)
    return _exchange(tuple(row[column.name] for column in table.c))


def keep_once(
    work: UnitOfWork,
    protocol: Protocol,
    direction: Direction,
    body: bytes,
    facts: Facts,
    state: str,
) -> Kept:
    """Keep a text unless the very same one is kept already.

    Of units of work that bring the same text at once, one keeps it and the others find it.
    """
    work.claim(f"exchange {protocol} {direction} {facts.sender} {facts.control}")
    digest = sha256(body).hexdigest()
    asked = {
        "own": work.context.tenant,
        "protocol": protocol,
        "direction": direction,
        "sender": facts.sender,
        "control": facts.control,
        "digest": digest,
    }
    rows = work.rows(KNOWN, asked)
    found = {known == digest: cast("int", id) for id, known in rows}
    if True in found:
        return Kept(get(work, found[True]), is_new=False, other=found.get(False))
    kept = keep(work, protocol, direction, body, facts, state)
    return Kept(kept, is_new=True, other=found.get(False))


def duplicate(
    reader: Reader, protocol: Protocol, direction: Direction, body: bytes, facts: Facts
) -> Exchange | None:
    """Return the first exchange with the same sender, control number and bytes."""
    same = (
        _own(reader),
        table.c.protocol == protocol,
        table.c.direction == direction,
        table.c.sender == facts.sender,
        table.c.control == facts.control,
        table.c.sha256 == sha256(body).hexdigest(),
    )
    rows = reader.rows(select(*table.c).where(*same).order_by(table.c.id).limit(1))
    return _exchange(rows[0]) if rows else None


def with_control(
    reader: Reader, protocol: Protocol, direction: Direction, sender: str, control: str
) -> list[Exchange]:
    """Return the exchanges of a sender with this control number, whatever their bytes."""
    same = (
        _own(reader),
        table.c.protocol == protocol,
        table.c.direction == direction,
        table.c.sender == sender,
        table.c.control == control,
    )
    return [_exchange(row) for row in reader.rows(select(*table.c).where(*same).order_by("id"))]


def get(reader: Reader, id: int) -> Exchange:
    """Return an exchange. Raises NotFound."""
    rows = reader.rows(select(*table.c).where(_own(reader), table.c.id == id))
    if not rows:
        raise NotFound(f"exchange {id} is not known")
    return _exchange(rows[0])


def lock(work: UnitOfWork, id: int) -> Exchange:
    """Return an exchange and hold it against others until the work ends. Raises NotFound."""
    held = select(*table.c).where(_own(work), table.c.id == id).with_for_update()
    rows = work.changed(held)
    if not rows:
        raise NotFound(f"exchange {id} is not known")
    return _exchange(rows[0])


def set_state(
    work: UnitOfWork,
    id: int,
    state: str,
    *,
    facts: Facts | None = None,
    reply: bytes | None = None,
    report: JsonObject | None = None,
) -> None:
    """Say what became of an exchange; what is None stays as it is. Raises NotFound."""
    values: dict[str, object] = {"state": state}
    if facts is not None:
        values |= _columns(facts)
    if reply is not None:
        values["reply"] = reply
    if report is not None:
        values["report"] = encode(report).decode()
    if work.change(update(table).where(_own(work), table.c.id == id).values(values)) != 1:
        raise NotFound(f"exchange {id} is not known")


def settle(
    work: UnitOfWork, id: int, state: str, *, reply: bytes, report: JsonObject, unless: str
) -> bool:
    """Say what became of an exchange that is not in the state `unless`; say whether it was not.

    Of units of work that settle one exchange at once, the later ones wait for the first.
    """
    values: dict[str, object] = {
        "own": work.context.tenant,
        "exchange": id,
        "unless": unless,
        "state": state,
        "reply": reply,
        "report": encode(report).decode(),
    }
    return work.change(SETTLE, values) == 1


def link(work: UnitOfWork, id: int, links: Iterable[Link]) -> None:
    """Note which resources an exchange made, changed or carries; noted ones are left."""
    rows = sorted((one.type, one.id, one.place) for one in set(links))
    if rows:
        work.change(LINK[work.session.dialect], {"exchange": id, "links": json.dumps(rows)})


def links_of(reader: Reader, id: int) -> list[Link]:
    """Return the resources an exchange made, changed or carries."""
    columns = (link_table.c.type, link_table.c.fid, link_table.c.place)
    chosen = select(*columns).where(link_table.c.exchange == id).order_by(*columns)
    return [Link(*cast("tuple[str, str, str]", tuple(row))) for row in reader.rows(chosen)]


def of_resource(reader: Reader, type: str, id: str) -> list[Exchange]:
    """Return the exchanges that made, changed or carried a resource, oldest first."""
    linked = and_(link_table.c.type == type, link_table.c.fid == id)
    ids = select(link_table.c.exchange).where(linked)
    chosen = select(*table.c).where(_own(reader), table.c.id.in_(ids)).order_by(table.c.id)
    return [_exchange(row) for row in reader.rows(chosen)]


def in_state(
    reader: Reader, protocol: Protocol, direction: Direction, state: str, limit: int = 100
) -> list[Exchange]:
    """Return the oldest exchanges in a state."""
    same = (
        _own(reader),
        table.c.protocol == protocol,
        table.c.direction == direction,
        table.c.state == state,
    )
    chosen = select(*table.c).where(*same).order_by(table.c.id).limit(limit)
    return [_exchange(row) for row in reader.rows(chosen)]


def left_over(
    reader: Reader,
    protocol: Protocol,
    direction: Direction,
    states: Sequence[str],
    before: datetime,
    kind: str = "",
) -> list[int]:
    """Return the exchanges (of a kind) that were kept before a moment, in these states."""
    chosen = select(table.c.id).where(
        *([table.c.kind == kind] if kind else []),
        _own(reader),
        table.c.protocol == protocol,
        table.c.direction == direction,
        table.c.state.in_(states),
        table.c.received < from_aware(before),
    )
    return [cast("int", row[0]) for row in reader.rows(chosen.order_by(table.c.id))]


def after(reader: Reader, id: int, limit: int = 100) -> list[Exchange]:
    """Return the next exchanges in the order they were kept, for whoever walks through all."""
    chosen = select(*table.c).where(_own(reader), table.c.id > id)
    rows = reader.rows(chosen.order_by(table.c.id).limit(limit))
    return [_exchange(row) for row in rows]


def counts(reader: Reader) -> dict[tuple[str, str, str], int]:
    """Return how many exchanges there are by protocol, direction and state."""
    columns = (table.c.protocol, table.c.direction, table.c.state)
    rows = reader.rows(select(*columns, func.count()).where(_own(reader)).group_by(*columns))
    counted = cast("Sequence[tuple[str, str, str, int]]", rows)
    return {(protocol, direction, state): number for protocol, direction, state, number in counted}


def _own(reader: Reader) -> ColumnElement[bool]:
    return table.c.tenant == reader.context.tenant


def _columns(facts: Facts) -> dict[str, object]:
    return {
        "partner": facts.partner,
        "kind": facts.kind,
        "control": facts.control,
        "sender": facts.sender,
        "receiver": facts.receiver,
        "name": facts.name,
    }


def _exchange(row: Record) -> Exchange:
    value = {column.name: one for column, one in zip(table.c, row, strict=True)}
    report = cast("str | None", value["report"])
    return Exchange(
        id=cast("int", value["id"]),
        protocol=cast("Protocol", value["protocol"]),
        direction=cast("Direction", value["direction"]),
        facts=Facts(*[cast("str", value[name]) for name in _columns(Facts())]),
        received=aware(cast("int", value["received"])),
        sha256=cast("str", value["sha256"]),
        body=cast("bytes", value["body"]),
        state=cast("str", value["state"]),
        reply=cast("bytes | None", value["reply"]),
        report=None if report is None else decode(report.encode()),
    )
