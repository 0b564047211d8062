"""Control numbers of X12 envelopes: ISA13, GS06, ST02, unique for a partner and never used twice.

Source: ASC X12.5 and X12.6: the receiver refuses an interchange whose number it has seen.
"""

from typing import cast

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import control_number as table
from fhir_server.model.partner import Controls, Partner
from fhir_server.outcome import Conflict
from fhir_server.store.unit_of_work import UnitOfWork

WHOLE = Controls()
"""ISA13 has nine digits."""


def allocate(
    work: UnitOfWork, partner: str, kind: str, count: int = 1, within: Controls = WHOLE
) -> range:
    """Return the next `count` numbers of a kind (interchange, group, set) for a partner.

    The row stays locked until the unit of work ends; numbers of work undone are given out again,
    since nobody has seen them. A range that begins later is jumped to; numbers never go back.
    Raises Conflict when the numbers of the range are used up.
    """
    names = {"tenant": work.context.tenant, "partner": partner, "kind": kind}
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    begin = dialect.insert(table).values(**names, next=within.first + count)
    following = case(
        (table.c.next < within.first, within.first + count), else_=table.c.next + count
    )
    allocated = begin.on_conflict_do_update(
        index_elements=["tenant", "partner", "kind"], set_={"next": following}
    ).returning(table.c.next)
    after = cast("int", work.changed(allocated)[0][0])
    if after - 1 > within.last:
        raise Conflict(f"the control numbers for partner {partner} are used up: let them end later")
    return range(after - count, after)


def next_interchange(work: UnitOfWork, partner: Partner) -> int:
    """Return the next ISA13 for a partner, within its range. Raises Conflict."""
    return allocate(work, partner.id, "interchange", within=partner.controls)[0]
