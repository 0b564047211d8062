"""Codes of feeds that no row translates: each once, with the first message and how many hold it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, func, select

from fhir_server.db.tables import exchange_key, unmapped_code
from fhir_server.store.exchange_keys import key_of
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

Place = tuple[str, str, str]
"""Feed, table and code."""
ADD = {
    "postgresql": "INSERT INTO unmapped_code (tenant, feed, code_table, code, exchange)"
    " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
    "sqlite": "INSERT OR IGNORE INTO unmapped_code (tenant, feed, code_table, code, exchange)"
    " VALUES (?, ?, ?, ?, ?)",
}


@dataclass(frozen=True, slots=True)
class Unmapped:
    """One code: its feed, table, how many messages hold it, and the first of them."""

    feed: str
    table: str
    code: str
    first: int
    count: int


def name_of(place: Place) -> str:
    """Return the name by which the messages that hold a code are found (`exchange_keys`)."""
    return "\x1f".join(place)


def add(work: UnitOfWork, found: Iterable[tuple[int, Place]]) -> None:
    """Note codes; those that are noted already stay with their first message."""
    first: dict[Place, int] = {}
    for exchange, place in found:
        first.setdefault(place, exchange)
    if first:
        work.begin()
        rows = [(work.context.tenant, *place, first[place]) for place in sorted(first)]
        work.session.run_many(ADD[work.session.dialect], rows)


def listed(reader: Reader, feed: str = "") -> list[Unmapped]:
    """Return the codes that wait for a row, by feed, table and code."""
    table = unmapped_code
    chosen = select(table.c.feed, table.c.code_table, table.c.code, table.c.exchange).where(
        table.c.tenant == reader.context.tenant
    )
    if feed:
        chosen = chosen.where(table.c.feed == feed)
    rows = reader.rows(chosen.order_by(table.c.feed, table.c.code_table, table.c.code))
    places = [cast("Place", tuple(row[:3])) for row in rows]
    counts = _counts(reader, places)
    return [
        Unmapped(*place, cast("int", row[3]), counts.get(place, 0))
        for place, row in zip(places, rows, strict=True)
    ]


def remove(work: UnitOfWork, place: Place) -> bool:
    """Forget a code, now that a row translates it; tell whether it waited."""
    table = unmapped_code
    feed, name, code = place
    own = (table.c.tenant == work.context.tenant, table.c.feed == feed)
    return (
        work.change(delete(table).where(*own, table.c.code_table == name, table.c.code == code)) > 0
    )


def _counts(reader: Reader, places: list[Place]) -> dict[Place, int]:
    keys = {key_of(reader.context.tenant, "code", name_of(place)): place for place in places}
    table = exchange_key
    counted = select(table.c.key, func.count()).where(table.c.key.in_(keys)).group_by(table.c.key)
    return {keys[cast("int", key)]: cast("int", number) for key, number in reader.rows(counted)}
