"""Whether one resource matches a query, without a database.

For conditional writes: it judges resources that are not stored yet, and with a registry whose
keys are wide (`key.hash_widely`) it confirms a stored match beyond any doubt about 64-bit keys.
"""

from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject
from fhir_server.search.query import Criterion, Ids, Indexed, Missing, Query, Updated
from fhir_server.search.rows import Rows
from fhir_server.search.value import Table


def matches(query: Query, resource: JsonObject, rows: Rows) -> bool:
    """Whether a resource with these index rows meets every criterion."""
    if resource.get("resourceType") != query.type:
        return False
    return all(_meets(criterion, resource, rows) for criterion in query.criteria)


def _meets(criterion: Criterion, resource: JsonObject, rows: Rows) -> bool:
    if isinstance(criterion, Indexed):
        return criterion.value.matches(rows) is not criterion.negated
    if isinstance(criterion, Missing):
        return _has(criterion.table, criterion.key, rows) is not criterion.missing
    if isinstance(criterion, Ids):
        return resource.get("id") in criterion.ids
    return _updated(criterion, resource)


def _has(table: Table, key: int, rows: Rows) -> bool:
    found = {"ref": rows.ref, "str": rows.str, "date": rows.date, "num": rows.num}
    return any(row[0] == key for row in found.get(table, ()))


def _updated(criterion: Updated, resource: JsonObject) -> bool:
    meta = resource.get("meta")
    moment = meta.get("lastUpdated") if isinstance(meta, dict) else None
    if not isinstance(moment, str):
        return False
    low = date_span(moment).low
    return any(one.holds(low, low) for one in criterion.comparisons)
