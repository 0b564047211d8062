"""Files sent that a partner answers: which answers have come, and which files still wait.

What has come stands in the report of the exchange (`answered`), so that it is seen where the file
is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select

from fhir_server.db.tables import exchange as table
from fhir_server.model.codec import decode
from fhir_server.store import exchanges
from fhir_server.store.content import aware, from_aware
from fhir_server.store.exchanges import Exchange
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.path import read

ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that left, without its bytes, and the kinds of answers to it that have come."""

    id: int
    kind: str
    name: str
    since: datetime
    answered: frozenset[str]


def note_answer(work: UnitOfWork, sent: Exchange, kind: str) -> None:
    """Note that an answer of a kind (TA1, 999) to a file has come."""
    report = sent.report or {}
    known = [one for one in read(report, ANSWERED) if one != kind]
    exchanges.set_state(work, sent.id, sent.state, report={**report, ANSWERED: [*known, kind]})


def waiting(
    reader: Reader, partner: str, states: Sequence[str], before: datetime, limit: int
) -> list[Waiting]:
    """Return the oldest files sent to a partner before a moment that are in these states."""
    columns = (table.c.id, table.c.kind, table.c.name, table.c.received, table.c.report)
    chosen = select(*columns).where(
        table.c.tenant == reader.context.tenant,
        table.c.protocol == "x12",
        table.c.direction == "out",
        table.c.partner == partner,
        table.c.state.in_(states),
        table.c.received < from_aware(before),
    )
    rows = reader.rows(chosen.order_by(table.c.id).limit(limit))
    return [
        Waiting(
            cast("int", id),
            cast("str", kind),
            cast("str", name),
            aware(cast("int", received)),
            _answered(cast("str | None", report)),
        )
        for id, kind, name, received, report in rows
    ]


def _answered(report: str | None) -> frozenset[str]:
    return frozenset(map(str, read(decode(report.encode()), ANSWERED))) if report else frozenset()
