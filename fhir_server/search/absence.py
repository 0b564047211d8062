"""Resources without any value of a parameter."""

from sqlalchemy import BindParameter, ColumnElement, Select, exists, select

from fhir_server.db.tables import ix_date, ix_eq, ix_num
from fhir_server.search.value import Scalar
from fhir_server.search.visible import From, Visible

PROBED = (ix_date, ix_num, ix_eq)
"""Index tables that can be asked whether one resource has a row under a key."""


def lacking(
    index: From, key: BindParameter[Scalar], rows: Visible, source: From
) -> tuple[From, ColumnElement[bool]]:
    """Return the FROM clause and the test for rows that have nothing under a key of an index."""
    having = index.alias()
    if index in PROBED:
        return source, ~exists().where(having.c.key == key, having.c.rid == rows.c.rid)
    return outside(select(having.c.rid).where(having.c.key == key), rows, source)


def outside(
    found: Select[*tuple[object, ...]], rows: Visible, source: From
) -> tuple[From, ColumnElement[bool]]:
    """Return the FROM clause and the test for rows that a selection of keys does not have.

    The selection is made once for all rows.
    """
    present = found.distinct().subquery()
    joined = source.outerjoin(present, present.c.rid == rows.c.rid)
    return joined, present.c.rid.is_(None)
