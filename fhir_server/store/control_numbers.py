"""Control numbers of X12 envelopes: ISA13, GS06, ST02, unique for a partner and never used twice.

Source: ASC X12.5 and X12.6: the receiver refuses an interchange whose number it has seen.
"""

from typing import cast

from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import control_number as table
from fhir_server.outcome import Conflict
from fhir_server.store.unit_of_work import UnitOfWork

HIGHEST = 999_999_999
"""ISA13 has nine digits."""


def allocate(work: UnitOfWork, partner: str, kind: str, count: int = 1) -> range:
    """Return the next `count` numbers of a kind (interchange, group, set) for a partner.

    The row stays locked until the unit of work ends; numbers of work undone are given out again,
    since nobody has seen them. Raises Conflict when the nine digits are used up.
    """
    names = {"tenant": work.context.tenant, "partner": partner, "kind": kind}
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    begin = dialect.insert(table).values(**names, next=1 + count)
    allocated = begin.on_conflict_do_update(
        index_elements=["tenant", "partner", "kind"], set_={"next": table.c.next + count}
    ).returning(table.c.next)
    following = cast("int", work.changed(allocated)[0][0])
    if following - 1 > HIGHEST:
        raise Conflict(f"the control numbers for partner {partner} are used up")
    return range(following - count, following)
