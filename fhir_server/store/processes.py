"""The running parts of an installation: each says now and then that it is there."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from fhir_server.db.tables import process
from fhir_server.model.rest import Context
from fhir_server.store.content import aware
from fhir_server.store.unit_of_work import Store, UnitOfWork

ALIVE_SECONDS = 30
FORGET_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Part:
    """A part as last seen: web, worker or listener, and what it said of itself."""

    role: str
    name: str
    started: datetime
    seen: datetime
    detail: Mapping[str, str]

    def is_alive(self, now: datetime) -> bool:
        """Tell whether the part was seen a moment ago."""
        return (now - self.seen).total_seconds() < ALIVE_SECONDS


@dataclass(slots=True)
class Beat:
    """The sign of life of this process in one role."""

    role: str
    detail: Mapping[str, str] = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"{platform.node()}:{os.getpid()}")

    def write(self, store: Store) -> None:
        """Say that this part is there now; forget those silent for a day."""
        store.transact(Context(), self._write)

    def remove(self, store: Store) -> None:
        """Say that this part has ended."""
        store.transact(Context(), lambda work: work.change(delete(process).where(self._mine)))

    @property
    def _mine(self) -> ColumnElement[bool]:
        return (process.c.role == self.role) & (process.c.name == self.name)

    def _write(self, work: UnitOfWork) -> None:
        values = {"seen": work.now, "detail": json.dumps(dict(self.detail))}
        if not work.change(update(process).where(self._mine).values(values)):
            new = {"role": self.role, "name": self.name, "started": work.now}
            work.change(insert(process).values(new | values))
            work.change(delete(process).where(process.c.seen < work.now - FORGET_SECONDS * 10**6))


def parts(store: Store) -> list[Part]:
    """Return the parts seen within a day, by role and name."""
    with store.read(Context()) as reader:
        rows = reader.rows(select(process).order_by(process.c.role, process.c.name))
    return [
        Part(str(role), str(name), _time(started), _time(seen), json.loads(str(detail)))
        for role, name, started, seen, detail in rows
    ]


def _time(stored: object) -> datetime:
    return aware(int(str(stored)))
