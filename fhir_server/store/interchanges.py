"""Every interchange that arrived, by sender, receiver and ISA13: none is taken in twice.

Source: ASC X12.5: the control number is unique between two parties; TA105 025 answers another
interchange under one that was used.
"""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import interchange as table
from fhir_server.store.unit_of_work import UnitOfWork

Name = tuple[str, str, str]
"""Sender, receiver and ISA13."""


def take(work: UnitOfWork, exchange: int, names: Sequence[Name]) -> list[bool]:
    """Note the interchanges of an exchange; say of each whether its name is another's.

    Asked again for the same exchange it says the same.
    """
    seen: set[Name] = set()
    told = []
    for name in names:
        told.append(name in seen or _owner(work, exchange, name) != exchange)
        seen.add(name)
    return told


def _owner(work: UnitOfWork, exchange: int, name: Name) -> int:
    """Return the exchange an interchange came in first: this one, where it is new."""
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    sender, receiver, control = name
    own = {"tenant": work.context.tenant, "sender": sender, "receiver": receiver}
    row = {**own, "control": control, "exchange": exchange}
    work.change(dialect.insert(table).values(row).on_conflict_do_nothing())
    same = [table.c[key] == value for key, value in {**own, "control": control}.items()]
    return cast("int", work.rows(select(table.c.exchange).where(*same))[0][0])
