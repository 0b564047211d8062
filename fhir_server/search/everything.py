"""Everything about a subject: its compartment, in the order in which it was written.

Source: https://hl7.org/fhir/R4/patient-operation-everything.html and compartmentdefinition.html.
One statement a page: the rows of `ix_ref` that lead to the subject by the compartment's search
parameters, and the subject itself. A page begins behind the last key of the one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union

from fhir_server.db.tables import ix_date, ix_ref
from fhir_server.model.rest import Context
from fhir_server.search.key import self_key
from fhir_server.search.registry import Registry
from fhir_server.search.visible import Visible, version_columns, visible

Rows = Select[*tuple[object, ...]]
CARE_DATES = (
    *("date", "period", "effective", "onset-date", "recorded-date", "authoredon", "authored"),
    *("authored-on", "created", "started", "effective-time", "when-given", "whenhandedover"),
    *("start-date", "sent", "service-date", "issued"),
)
"""Search parameters that tell when care was given, one or two of which a type has."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What of everything is asked for.

    `subject` is a type and id, or a type alone for every subject of it. `types` are those wanted
    and readable, None for any. `since`, `start` and `end` are microseconds.
    """

    type: str
    id: str | None
    types: frozenset[str] | None = None
    since: int | None = None
    start: int | None = None
    end: int | None = None


def plan_members(
    extent: Extent, context: Context, registry: Registry, after: int, limit: int | None
) -> Rows:
    """Return the statement for the subject and the members of its compartment behind a key."""
    rows = visible(None, context)
    chosen = select(*version_columns(rows)).where(
        _belongs(extent, rows, context, registry), rows.c.rid > after, *_narrowed(extent, rows)
    )
    in_care = _in_care(extent, rows, context, registry)
    if in_care is not None:
        chosen = chosen.where(in_care)
    return chosen.order_by(rows.c.rid).limit(limit)


def plan_supporting(
    extent: Extent, context: Context, registry: Registry, after: int, limit: int
) -> Rows:
    """Return the statement for what members of any subject refer to and is no member itself."""
    rows = visible(None, context)
    keys = [
        parameter.slot.own_key
        for type in (extent.type, *_members(extent.type, registry))
        for parameter in registry.parameters(context.tenant, type).values()
        if parameter.type == "reference"
    ]
    referred = exists().where(ix_ref.c.target == rows.c.self, ix_ref.c.key.in_(sorted(set(keys))))
    chosen = select(*version_columns(rows)).where(
        rows.c.type.in_(supporting_types(extent.type, registry)),
        referred,
        rows.c.rid > after,
        *_narrowed(extent, rows),
    )
    return chosen.order_by(rows.c.rid).limit(limit)


def supporting_types(subject: str, registry: Registry) -> list[str]:
    """Return the types that belong to no subject but may be referred to by what does."""
    members = {subject, *_members(subject, registry)}
    return [type for type in registry.definitions.resource_types if type not in members]


def _members(subject: str, registry: Registry) -> dict[str, tuple[str, ...]]:
    return dict(registry.definitions.compartments[subject].members)


def member_keys(subject: str, context: Context, registry: Registry) -> list[int]:
    """Return the keys of the search parameters that link members to their subject."""
    return sorted(
        {
            registry.parameter(context.tenant, type, code).slot.own_key
            for type, codes in _members(subject, registry).items()
            for code in codes
        }
    )


def _belongs(
    extent: Extent, rows: Visible, context: Context, registry: Registry
) -> ColumnElement[bool]:
    keys = member_keys(extent.type, context, registry)
    if extent.id is None:
        linked = exists().where(ix_ref.c.rid == rows.c.rid, ix_ref.c.key.in_(keys))
        types = sorted(_members(extent.type, registry))
        return or_(rows.c.type == extent.type, and_(rows.c.type.in_(types), linked))
    target = self_key(context.tenant, extent.type, extent.id)
    subject = visible(extent.type, context)
    own = select(subject.c.rid).where(subject.c.fid == extent.id)
    linked_rids = select(ix_ref.c.rid).where(ix_ref.c.target == target, ix_ref.c.key.in_(keys))
    return rows.c.rid.in_(union(own, linked_rids))


def _narrowed(extent: Extent, rows: Visible) -> Sequence[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if extent.types is not None:
        made.append(rows.c.type.in_(sorted(extent.types)))
    if extent.since is not None:
        made.append(rows.c.updated >= extent.since)
    return made


def _in_care(
    extent: Extent, rows: Visible, context: Context, registry: Registry
) -> ColumnElement[bool] | None:
    """Return what keeps care within the dates asked for; what has no care date is kept."""
    if extent.start is None and extent.end is None:
        return None
    keys = sorted(
        {
            parameter.slot.own_key
            for type in _members(extent.type, registry)
            for code, parameter in registry.parameters(context.tenant, type).items()
            if code in CARE_DATES and parameter.type == "date"
        }
    )
    dated = (ix_date.c.rid == rows.c.rid, ix_date.c.key.in_(keys))
    bounds: list[ColumnElement[bool]] = []
    if extent.end is not None:
        # SQLite before 3.41 answers wrongly when a list of keys and a range share an index
        bounds.append(ix_date.c.lo + 0 <= extent.end)
    if extent.start is not None:
        bounds.append(ix_date.c.hi + 0 >= extent.start)
    return or_(exists().where(*dated, *bounds), ~exists().where(*dated))
