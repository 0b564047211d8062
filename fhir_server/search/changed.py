"""Resources changed since the moment of a search, as they were at that moment.

The index of update times finds them, the history has their versions of then, and memory judges
these and tells their places. What a criterion says of other resources (a chain, `_has`) cannot be
judged so: there the database judges the resource as it is now. What was deleted since is left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Integer, bindparam, false, select

from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Stale
from fhir_server.search.extract import Extractor
from fhir_server.search.match import is_judged, matches
from fhir_server.search.moment import Moment
from fhir_server.search.plan import plan_page
from fhir_server.search.query import Ids, Query
from fhir_server.search.reads import Reads
from fhir_server.search.statement import KEPT, Plan, Template, new_binds, with_values
from fhir_server.search.visible import version_columns, visible_then

MOST = 5000
"""Most changed resources that are taken into account."""


def find_changed(
    query: Query, context: Context, extractor: Extractor, reads: Reads
) -> Sequence[Version]:
    """Return what matched a query at its moment and has changed since, in no order.

    Raises Stale when too much has changed.
    """
    if query.moment is None:
        return ()
    found = reads.search(plan_changed(query.type or None, context, query.moment))
    if len(found) > MOST:
        raise Stale("too much has changed since the first page; search again")
    if not found:
        return ()
    if not all(map(is_judged, query.criteria)):
        return _matching_now(query, found, context, reads)
    return [one for one in found if _matched(query, one, context, extractor)]


def _matched(query: Query, version: Version, context: Context, extractor: Extractor) -> bool:
    resource = decode(version.body)
    return matches(query, resource, extractor(resource, context.tenant))


def _matching_now(
    query: Query, found: Sequence[Version], context: Context, reads: Reads
) -> list[Version]:
    criteria = (*query.criteria, Ids(tuple({one.id for one in found})))
    asked = replace(query, criteria=criteria, order=(), cursor=None, bookmark=None, count=MOST)
    now = {one.rid for one in reads.search(plan_page(asked, context))}
    return [one for one in found if one.rid in now]


def plan_changed(type: str | None, context: Context, moment: Moment) -> Plan:
    """Return the statement for what has changed since a moment, one more than is taken."""
    return with_values(_changed(type, context), [MOST + 1], moment.values)


@lru_cache(maxsize=KEPT)
def _changed(type: str | None, context: Context) -> Template:
    rows, binds = visible_then(type, context), new_binds()
    chosen = select(*version_columns(rows)).where(rows.c.deleted == false())
    return Template(chosen.limit(bindparam(next(binds).key, type_=Integer)))
