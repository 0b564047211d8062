"""Whether one resource matches a query, without a database.

For conditional writes: it judges resources that are not stored yet, and with a registry whose
keys are wide (`key.hash_widely`) it confirms a stored match beyond any doubt about 64-bit keys.
What depends on other resources (chains, `_has`, and so `_list`) and on words (`_text`, `_content`,
`:text`) it cannot judge: `is_judged` tells so beforehand.
"""

from typing import assert_never

from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject
from fhir_server.search.query import (
    Absent,
    All,
    Chain,
    Combined,
    Criterion,
    Ids,
    Indexed,
    Missing,
    Not,
    OfTypes,
    Query,
    Reverse,
    Some,
    Typed,
    Updated,
)
from fhir_server.search.rows import Rows
from fhir_server.search.text.value import Words


class NotJudged(ValueError):
    """The criterion depends on what only the database has: other resources, or words."""


def is_judged(criterion: Criterion) -> bool:
    """Whether a criterion can be judged by the resource alone."""
    match criterion:
        case All(criteria=criteria) | Some(criteria=criteria):
            return all(map(is_judged, criteria))
        case Not(criterion=inner) | Typed(criterion=inner):
            return is_judged(inner)
        case Indexed(value=Words()):
            return False
        case _:
            return not isinstance(criterion, Chain | Reverse)


def matches(query: Query, resource: JsonObject, rows: Rows) -> bool:
    """Whether a resource with these index rows meets every criterion.

    Raises NotJudged where that depends on other resources.
    """
    if resource.get("resourceType") not in (query.types or (query.type,)):
        return False
    return all(meets(criterion, resource, rows) for criterion in query.criteria)


def meets(criterion: Criterion, resource: JsonObject, rows: Rows) -> bool:
    """Whether a resource with these index rows meets one criterion. Raises NotJudged."""
    match criterion:
        case Indexed(value=Words()):
            raise NotJudged("words are indexed by the database alone")
        case Indexed():
            return criterion.value.matches(rows) is not criterion.negated
        case Missing() | Absent():
            return _has(criterion, rows) is not criterion.missing
        case Ids():
            return (resource.get("id") in criterion.ids) is not criterion.negated
        case Updated():
            return _updated(criterion, resource)
        case OfTypes():
            return resource.get("resourceType") in criterion.types
        case All() | Some() | Not() | Typed():
            return _combined(criterion, resource, rows)
        case Chain() | Reverse():
            raise NotJudged("chains and _has depend on other resources")
        case _:
            assert_never(criterion)


def _combined(criterion: Combined, resource: JsonObject, rows: Rows) -> bool:
    if isinstance(criterion, Not):
        return not meets(criterion.criterion, resource, rows)
    if isinstance(criterion, Typed):
        of_type = resource.get("resourceType") == criterion.type
        return of_type and meets(criterion.criterion, resource, rows)
    judged = (meets(one, resource, rows) for one in criterion.criteria)
    return all(judged) if isinstance(criterion, All) else any(judged)


def _has(criterion: Missing | Absent, rows: Rows) -> bool:
    """Whether a resource has a value of the parameter."""
    if isinstance(criterion, Absent):
        return rows.present & criterion.bit != 0
    if criterion.table == "eq":
        return criterion.key in rows.eq
    found = {"ref": rows.ref, "str": rows.str, "date": rows.date, "num": rows.num}
    return any(row[0] == criterion.key for row in found[criterion.table])


def _updated(criterion: Updated, resource: JsonObject) -> bool:
    meta = resource.get("meta")
    moment = meta.get("lastUpdated") if isinstance(meta, dict) else None
    if not isinstance(moment, str):
        return False
    low = date_span(moment).low
    return any(one.holds(low, low) for one in criterion.comparisons)
