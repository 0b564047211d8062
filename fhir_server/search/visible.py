"""The rows a context may see: the only FROM source of resources anywhere.

Every read, search, include, count, export and reference check selects from here, so that tenants,
and later consent and labels, are predicates and never a filter afterwards.
"""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    false,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from fhir_server.db.tables import resource, resource_version
from fhir_server.model.rest import Context

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[object]]
Visible = Subquery[Columns]
From = FromClause[Columns]
VERSION = ("rid", "type", "fid", "ver", "updated", "deleted", "operation", "body")
"""The columns a selection begins with to become a `Version`, in this order."""


def visible(type: str | None, context: Context, *, deleted: bool = False) -> Visible:
    """Return the current rows of a type (None: of all types) that the context may see.

    Columns: rid, tenant, type, fid, self, ver, updated, deleted, operation, body; and body_hash,
    param_hash, by which a writer knows what is unchanged. With `deleted` the tombstones are among
    them, for reads that answer 410. Each call is a FROM source of its own, so that one statement
    may use several.
    """
    return _current(type, context.tenant, deleted).subquery()


def joined(selections: Sequence[Visible]) -> Visible:
    """Return the rows of several selections as one FROM source, each in order of its age.

    Their order lets a page, newest first, be merged from them and stop early.
    """
    inner = (select(*one.c).order_by(one.c.rid.desc()).subquery() for one in selections)
    return union_all(*(select(*one.c) for one in inner)).subquery()


def versions(type: str | None, context: Context) -> Visible:
    """Return every version, current and superseded, tombstones too; columns as `visible`.

    Whoever may see a resource may see its history (https://hl7.org/fhir/R4/http.html#history).
    """
    return _versions(type, context.tenant).subquery()


def version_arms(type: str | None, context: Context) -> tuple[Visible, Visible]:
    """Return what `versions` returns in two parts: current rows, and superseded ones.

    Each can be read in the order of (updated, rid, ver) by an index of its own when a type is
    given, which their union cannot.
    """
    current, superseded = _arms(type, context.tenant, ordered=True)
    return current.subquery(), superseded.subquery()


def version_columns(rows: Visible) -> tuple[KeyedColumnElement[object], ...]:
    """Return the columns from which `Reader.select` builds versions."""
    return tuple(rows.c[name] for name in VERSION)


@lru_cache(maxsize=1024)
def _current(type: str | None, tenant: int, deleted: bool) -> Select[*tuple[object, ...]]:  # noqa: FBT001 - key of a cache
    predicate = _seen(type, tenant)
    if not deleted:
        predicate = and_(predicate, resource.c.deleted == false())
    return select(*_columns(), resource.c.body_hash, resource.c.param_hash).where(predicate)


@lru_cache(maxsize=1024)
def _versions(type: str | None, tenant: int) -> Select[*tuple[object, ...]]:
    both = union_all(*_arms(type, tenant, ordered=False)).subquery()
    return select(*both.c)


@lru_cache(maxsize=1024)
def _arms(
    type: str | None, tenant: int, *, ordered: bool
) -> tuple[Select[*tuple[object, ...]], Select[*tuple[object, ...]]]:
    past = resource_version
    superseded = select(
        past.c.rid if ordered else resource.c.rid,
        resource.c.tenant,
        resource.c.type,
        resource.c.fid,
        resource.c.self,
        past.c.ver,
        past.c.updated,
        past.c.deleted,
        past.c.operation,
        past.c.body,
    ).select_from(resource.join(past, past.c.rid == resource.c.rid))
    seen = _seen(type, tenant)
    if ordered and type is not None:
        # what a planner is to enter by is asked of the versions, not of their resources
        own = and_(resource.c.tenant == tenant, past.c.tenant == tenant, past.c.type == type)
        return select(*_columns()).where(seen), superseded.where(own)
    return select(*_columns()).where(seen), superseded.where(seen)


def _seen(type: str | None, tenant: int) -> ColumnElement[bool]:
    """Return what makes a resource visible, whatever its version."""
    seen = resource.c.tenant == tenant
    return seen if type is None else and_(seen, resource.c.type == type)


def _columns() -> tuple[KeyedColumnElement[object], ...]:
    names = ("rid", "tenant", "type", "fid", "self", "ver", "updated", "deleted", "operation")
    return tuple(resource.c[name] for name in (*names, "body"))
