"""The claims that wait for the next batch of their partner, oldest first."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import delete, func, insert, select

from fhir_server.db.tables import waiting as table
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork


def add(work: UnitOfWork, partner: str, claim: str) -> None:
    """Let a claim wait."""
    row = {
        "tenant": work.context.tenant,
        "partner": partner,
        "since": work.new_key(),
        "claim": claim,
    }
    work.change(insert(table).values(row))


def oldest(reader: Reader, partner: str, most: int) -> list[str]:
    """Return the claims that wait longest."""
    own = (table.c.tenant == reader.context.tenant, table.c.partner == partner)
    chosen = select(table.c.claim).where(*own).order_by(table.c.since, table.c.claim).limit(most)
    return [cast("str", row[0]) for row in reader.rows(chosen)]


def count(reader: Reader, partner: str) -> int:
    """Return how many claims wait."""
    own = (table.c.tenant == reader.context.tenant, table.c.partner == partner)
    return cast("int", reader.rows(select(func.count()).select_from(table).where(*own))[0][0])


def remove(work: UnitOfWork, partner: str, claims: Sequence[str]) -> None:
    """Let claims wait no longer."""
    own = (table.c.tenant == work.context.tenant, table.c.partner == partner)
    work.change(delete(table).where(*own, table.c.claim.in_(claims)))


def withdraw(work: UnitOfWork, claim: str) -> bool:
    """Let one claim wait no longer, for whichever partner; tell whether it waited."""
    own = (table.c.tenant == work.context.tenant, table.c.claim == claim)
    return work.change(delete(table).where(*own)) > 0
