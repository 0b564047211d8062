"""Peers the listener refused: one row for each feed, address and reason, however often it comes.

A peer that knocks all day takes one row; its last bytes, at most 64 KB, are kept for who asks why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.session import Record
from fhir_server.db.tables import refusal as table
from fhir_server.store.content import aware, from_aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.refusal import Peer, Refusal, refused

FORGOTTEN = 30 * 86_400_000_000
"""Microseconds after which a refusal that did not come again is no longer kept."""
MOST = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """The last refusal of a feed, address and reason; how often it came, and since when."""

    refusal: Refusal
    number: int
    first: datetime


def keep(work: UnitOfWork, refusals: Iterable[Refusal]) -> None:
    """Note refusals, and forget the old ones."""
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    keys = ("tenant", "feed", "host", "reason")
    for row in _rows(work, refusals):
        first = dialect.insert(table).values(row)
        again: dict[str, object] = {
            name: value for name, value in row.items() if name not in {*keys, "number", "first"}
        }
        again["number"] = table.c.number + row["number"]
        work.change(first.on_conflict_do_update(index_elements=list(keys), set_=again))
    old = (table.c.tenant == work.context.tenant) & (table.c.last < work.now - FORGOTTEN)
    work.change(delete(table).where(old))


def known(reader: Reader, feed: str = "") -> list[Kept]:
    """Return the refusals (of a feed), the latest first."""
    asked = select(*table.c).where(table.c.tenant == reader.context.tenant)
    if feed:
        asked = asked.where(table.c.feed == feed)
    return [_kept(row) for row in reader.rows(asked.order_by(table.c.last.desc()).limit(MOST))]


def _rows(work: UnitOfWork, refusals: Iterable[Refusal]) -> list[dict[str, object]]:
    """Return one row for each feed, address and reason, with the last of them."""
    last: dict[tuple[str, str, str], tuple[Refusal, int, int]] = {}
    for one in refusals:
        key = one.feed, one.peer.host, one.reason.id
        moment = from_aware(one.moment)
        _, number, first = last.get(key, (one, 0, moment))
        last[key] = one, number + 1, first
    return [
        {
            "tenant": work.context.tenant,
            "feed": one.feed,
            "host": one.peer.host,
            "reason": one.reason.id,
            "number": number,
            "first": first,
            "last": from_aware(one.moment),
            "port": one.peer.port,
            "subject": one.peer.subject.replace("\0", " "),
            "fingerprint": one.peer.fingerprint,
            "detail": one.detail.replace("\0", " "),
            "body": one.data,
        }
        for one, number, first in last.values()
    ]


def _kept(row: Record) -> Kept:
    value = {column.name: one for column, one in zip(table.c, row, strict=True)}
    text = {name: str(one) for name, one in value.items()}
    peer = Peer(text["host"], cast("int", value["port"]), text["subject"], text["fingerprint"])
    body = bytes(cast("bytes", value["body"]))
    last = refused(text["feed"], text["reason"], peer, text["detail"], body)
    moment = aware(cast("int", value["last"]))
    refusal = Refusal(last.feed, last.reason, peer, last.detail, body, moment)
    return Kept(refusal, cast("int", value["number"]), aware(cast("int", value["first"])))
