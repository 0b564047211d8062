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
    case,
    false,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import KeyedColumnElement

from fhir_server.db.tables import resource, resource_version
from fhir_server.model.rest import Context
from fhir_server.search.then import (
    ExistedThen,
    NumberThen,
    OfTypesThere,
    Recent,
    Unchanged,
)

Columns = ReadOnlyColumnCollection[str, KeyedColumnElement[object]]
Visible = Subquery[Columns]
From = FromClause[Columns]
VERSION = ("rid", "type", "fid", "ver", "updated", "deleted", "operation", "body")
"""The columns a selection begins with to become a `Version`, in this order."""

KEPT = ("body_hash", "param_hash", "present")
"""What is kept of the current version alone."""


def visible(
    type: str | None, context: Context, *, deleted: bool = False, unchanged: bool = False
) -> Visible:
    """Return the current rows of a type (None: of all types) that the context may see.

    Columns: rid, tenant, type, fid, self, ver, updated, deleted, operation, body; body_hash and
    param_hash, by which a writer knows what is unchanged; present, which tells parameters without
    value. With `deleted` the tombstones are among them, for reads that answer 410. With `unchanged`
    only those are left that are as they were at a moment, whose values the statement is given. Each
    call is a FROM source of its own, so that one statement may use several.
    """
    return _current(type, context.tenant, deleted, unchanged).subquery()


def visible_then(type: str | None, context: Context) -> Visible:
    """Return what `visible` with `unchanged` leaves out, as it was at the moment.

    A row for each resource that the context may see now and that was there then, with the version
    of then; columns as `versions`. What has no such version any more, because its history was
    purged, is missing.
    """
    return _then(type, context.tenant).subquery()


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


def stored_columns(rows: Visible) -> tuple[KeyedColumnElement[object], ...]:
    """Return the columns from which `store.version.stored_of` makes what a writer holds."""
    return (*version_columns(rows), rows.c.body_hash, rows.c.param_hash)


@lru_cache(maxsize=1024)
def _current(
    type: str | None,
    tenant: int,
    deleted: bool,  # noqa: FBT001 - key of a cache
    unchanged: bool,  # noqa: FBT001 - key of a cache
) -> Select[*tuple[object, ...]]:
    predicate = _seen(type, tenant)
    if not deleted:
        predicate = and_(predicate, resource.c.deleted == false())
    if unchanged:
        predicate = and_(predicate, Unchanged())
    return select(*_columns(), *(resource.c[name] for name in KEPT)).where(predicate)


@lru_cache(maxsize=1024)
def _then(type: str | None, tenant: int) -> Select[*tuple[object, ...]]:
    past, number = resource_version, NumberThen()
    same = and_(past.c.rid == resource.c.rid, past.c.ver == number)
    of_then = (
        case((past.c.rid.is_(None), resource.c[name]), else_=past.c[name]).label(name)
        for name in ("ver", "updated", "deleted", "operation", "body")
    )
    of_all = (resource.c[name] for name in ("rid", "tenant", "type", "fid", "self"))
    now = and_(_seen(type, tenant), resource.c.deleted == false(), Recent(), not_(Unchanged()))
    if type is None:
        now = and_(now, OfTypesThere(literal(tenant)))
    known = or_(past.c.rid.is_not(None), resource.c.ver == number)
    chosen = select(*of_all, *of_then).select_from(resource.outerjoin(past, same))
    return chosen.where(now, ExistedThen(number), known)


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
