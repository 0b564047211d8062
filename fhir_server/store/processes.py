"""The running parts of an installation, each telling now and then that it is alive."""

import os
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.session import Record
from fhir_server.db.tables import process as table
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.store.content import aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

Role = Literal["web", "worker", "listener"]
FORGOTTEN = 86_400_000_000
"""Microseconds of silence after which a part is no longer listed."""


@dataclass(frozen=True, slots=True)
class Process:
    """One part: its role, its name (host:pid), since when it runs and when it was last heard."""

    role: Role
    name: str
    started: datetime
    seen: datetime
    detail: JsonObject

    def age(self, now: datetime) -> timedelta:
        """Return how long it has been silent."""
        return now - self.seen


def part_name() -> str:
    """Return the name of this process among the parts: its machine and process number."""
    return f"{platform.node()}:{os.getpid()}"


def beat(work: UnitOfWork, role: Role, name: str, detail: JsonObject) -> None:
    """Say that a part is alive; the first time is its start."""
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    text = encode(detail).decode()
    row = {"role": role, "name": name, "started": work.now, "seen": work.now, "detail": text}
    first = dialect.insert(table).values(row)
    again = first.on_conflict_do_update(
        index_elements=["role", "name"], set_={"seen": work.now, "detail": text}
    )
    work.change(again)


def retire(work: UnitOfWork, role: Role, name: str) -> None:
    """Say that a part ends, and forget those not heard for a day."""
    silent = table.c.seen < work.now - FORGOTTEN
    ended = (table.c.role == role) & (table.c.name == name)
    work.change(delete(table).where(silent | ended))


def all_processes(reader: Reader) -> list[Process]:
    """Return the parts by role, the most recently heard first."""
    rows = reader.rows(select(*table.c).order_by(table.c.role, table.c.seen.desc()))
    return [_process(row) for row in rows]


def _process(row: Record) -> Process:
    role, name, started, seen, detail = cast("tuple[Role, str, int, int, str]", tuple(row))
    return Process(role, name, aware(started), aware(seen), decode(detail.encode()))
