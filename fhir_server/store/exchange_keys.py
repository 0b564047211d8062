"""What messages are found by: medical record number, order number, control id, feed, code.

A narrow row for each: the 64-bit hash of tenant, kind and value, and the exchange. However many
messages there are, those of one number are a range of the key.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Literal, cast

from sqlalchemy import bindparam, select

from fhir_server.db.tables import exchange_key as table
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

Kind = Literal["mrn", "order", "control", "feed", "code", "parent"]
Name = tuple[Kind, str]
ADD = {
    "postgresql": "INSERT INTO exchange_key (key, exchange)"
    " SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING",
    "sqlite": "INSERT OR IGNORE INTO exchange_key (key, exchange) VALUES (?, ?)",
}
_OF = (
    select(table.c.exchange)
    .where(table.c.key == bindparam("named"), table.c.exchange < bindparam("before"))
    .order_by(table.c.exchange.desc())
    .limit(bindparam("most"))
)


def key_of(tenant: int, kind: Kind, value: str) -> int:
    """Return the key of a value."""
    text = "\x1f".join((str(tenant), kind, value))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def add(work: UnitOfWork, names: Iterable[tuple[int, Name]]) -> None:
    """Let exchanges be found by these names; what is noted already stays."""
    tenant = work.context.tenant
    rows = sorted({(key_of(tenant, *name), exchange) for exchange, name in names})
    if not rows:
        return
    work.begin()
    if work.session.dialect == "sqlite":
        work.session.run_many(ADD["sqlite"], rows)
        return
    keys, exchanges = zip(*rows, strict=True)
    arrays = [f"{{{str(list(one))[1:-1]}}}" for one in (keys, exchanges)]
    work.session.run(ADD["postgresql"], arrays)


def named(reader: Reader, name: Name, before: int, most: int) -> Sequence[int]:
    """Return the newest exchanges of a name that are older than one, newest first."""
    asked = {"named": key_of(reader.context.tenant, *name), "before": before, "most": most}
    return [cast("int", row[0]) for row in reader.rows(_OF, asked)]
