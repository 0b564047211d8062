"""How each partner was reached lately: after a failure it is left alone, longer each time.

The circuit is closed while the partner is reached; a failure opens it until a moment, after which
one attempt closes it or opens it for twice as long.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.session import Record
from fhir_server.db.tables import circuit as table
from fhir_server.store.content import aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

SECOND = 1_000_000
LONGEST = 900
"""Seconds between attempts at a partner that stays away."""
NOTED = 60 * SECOND
"""A partner reached again within this time is not written down again."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one partner; `failures` since it was last reached."""

    partner: str
    failures: int = 0
    retry: datetime | None = None
    reached: datetime | None = None
    failed: datetime | None = None
    reason: str = ""

    def is_open(self, now: datetime) -> bool:
        """Tell whether the partner is to be left alone at this moment."""
        return self.failures > 0 and self.retry is not None and now < self.retry


def of(reader: Reader, partner: str) -> Circuit:
    """Return the circuit of a partner; a partner never tried has a closed one."""
    own = (table.c.tenant == reader.context.tenant, table.c.partner == partner)
    rows = reader.rows(select(*table.c).where(*own))
    return _circuit(rows[0]) if rows else Circuit(partner)


def all_circuits(reader: Reader) -> dict[str, Circuit]:
    """Return the circuits by partner; those never tried are left out."""
    chosen = select(*table.c).where(table.c.tenant == reader.context.tenant)
    found = (_circuit(row) for row in reader.rows(chosen.order_by(table.c.partner)))
    return {one.partner: one for one in found}


def note_reached(work: UnitOfWork, partner: str) -> None:
    """Close the circuit: the partner was reached."""
    own = (table.c.tenant == work.context.tenant, table.c.partner == partner)
    rows = work.rows(select(table.c.failures, table.c.reached).where(*own))
    failures, reached = cast("tuple[int, int | None]", tuple(rows[0]) if rows else (1, None))
    if failures or reached is None or work.now - reached > NOTED:
        _put(work, partner, {"failures": 0, "retry": 0, "reached": work.now})


def note_failed(work: UnitOfWork, partner: str, reason: str) -> datetime:
    """Open the circuit; return when the partner may be tried again."""
    failures = of(work, partner).failures + 1
    pause = min(2 ** min(failures, 16), LONGEST) * SECOND
    told = {"failures": failures, "failed": work.now, "reason": reason[:500]}
    _put(work, partner, {**told, "retry": work.now + pause})
    return aware(work.now + pause)


def claim_look(work: UnitOfWork, partner: str, seconds: int) -> bool:
    """Tell whether it is time to look at a partner's inbox; who is told so, looks alone."""
    _put(work, partner, {})
    due = (
        table.c.tenant == work.context.tenant,
        table.c.partner == partner,
        table.c.look <= work.now,
        (table.c.failures == 0) | (table.c.retry <= work.now),
    )
    after = work.now + seconds * SECOND
    return work.change(update(table).where(*due).values(look=after)) == 1


def _put(work: UnitOfWork, partner: str, told: dict[str, object]) -> None:
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    names = {"tenant": work.context.tenant, "partner": partner}
    fresh = {"failures": 0, "retry": 0, "reason": "", "look": 0}
    added = dialect.insert(table).values({**names, **fresh, **told})
    keys = ["tenant", "partner"]
    if told:
        work.change(added.on_conflict_do_update(index_elements=keys, set_=told))
    else:
        work.change(added.on_conflict_do_nothing(index_elements=keys))


def _circuit(row: Record) -> Circuit:
    value = {column.name: one for column, one in zip(table.c, row, strict=True)}
    times = {
        name: aware(cast("int", value[name])) if value[name] else None
        for name in ("retry", "reached", "failed")
    }
    return Circuit(
        partner=cast("str", value["partner"]),
        failures=cast("int", value["failures"]),
        reason=cast("str", value["reason"]),
        **times,
    )
