"""One page of a search: matches, what comes along, the total, and where the next page begins.

A page begins behind the last match of the one before, by its sort values and internal key, not
at a count: whatever is written meanwhile, a match that stays as it is is shown once. What is
created meanwhile stays out without `_sort`; with it, it may appear on pages still to come, as may
a resource whose sort value changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Issue
from fhir_server.search.cursor import write_cursor
from fhir_server.search.extract import Extractor
from fhir_server.search.include import plan_included, plan_reverse
from fhir_server.search.key import self_key
from fhir_server.search.plan import plan_count, plan_page
from fhir_server.search.query import Cursor, Include, Query, has_rest
from fhir_server.search.sort import place_of
from fhir_server.search.statement import Plan


class Reads(Protocol):
    """What runs the statements of a search."""

    def search(self, plan: Plan) -> list[Version]:
        """Return the versions a plan selects."""
        ...

    def tally(self, plan: Plan) -> int:
        """Return the number a plan counts."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """What a searchset Bundle holds.

    `total` is None when it was not asked for. `next` are the parameters of the next page, None on
    the last. `notes` are warnings for an OperationOutcome: what was ignored or cut.
    """

    matches: tuple[Version, ...]
    included: tuple[Version, ...]
    total: int | None
    next: tuple[tuple[str, str], ...] | None
    notes: tuple[Issue, ...]


def find_page(query: Query, context: Context, extractor: Extractor, reads: Reads) -> Page:
    """Run a query: one statement for the matches, one for includes, one a reverse include.

    A sorted search that runs out of matches with a value takes a second for those without.
    """
    total = reads.tally(plan_count(query, context)) if query.counted else None
    ignored = tuple(_ignored(name) for name in query.ignored)
    if query.only_count:
        return Page((), (), total, None, ignored)
    found, following = _matches(query, context, extractor, reads)
    included, cut = _included(query, found, context, extractor, reads)
    notes = (*ignored, _cut(query)) if cut else ignored
    return Page(tuple(found), included, total, following, notes)


def _matches(
    query: Query, context: Context, extractor: Extractor, reads: Reads
) -> tuple[list[Version], tuple[tuple[str, str], ...] | None]:
    """Return the matches of a page and the parameters of the next."""
    found = reads.search(plan_page(query, context))
    in_rest = query.cursor is not None and query.cursor.rest
    valued = 0 if in_rest else len(found)
    if has_rest(query.order) and not in_rest and len(found) <= query.count:
        missing = replace(query, cursor=_rest_start(query), count=query.count - len(found))
        found += reads.search(plan_page(missing, context))
    if len(found) <= query.count:
        return found, None
    found = found[: query.count]
    cursor = _cursor(query, found[-1], context, extractor, rest=len(found) > valued)
    return found, (*query.parameters, ("_cursor", write_cursor(cursor)))


def _rest_start(query: Query) -> Cursor:
    """Return the place before all matches without a sort value."""
    beyond = 2**63 - 1 if query.order[0].descending else -1
    return Cursor(beyond, rest=True)


def _cursor(
    query: Query, last: Version, context: Context, extractor: Extractor, *, rest: bool
) -> Cursor:
    if rest:
        return Cursor(last.rid, rest=True)
    place = place_of(query.order, last, extractor, context.tenant)
    return Cursor(last.rid, place)


def _included(
    query: Query, found: Sequence[Version], context: Context, extractor: Extractor, reads: Reads
) -> tuple[tuple[Version, ...], bool]:
    """Return what comes along, each once and no match again, and whether some was left out."""
    seen = {version.rid for version in found}
    included: list[Version] = []
    limit, cut = query.include_limit, False
    if found and query.includes:
        wanted = _wanted(query.includes, found, context, extractor)
        keys = list(wanted)
        cut = len(keys) > limit
        for version in (
            reads.search(plan_included(keys[:limit], context, query.readable)) if keys else ()
        ):
            types = wanted.get(self_key(context.tenant, version.type, version.id), set())
            if "" in types or version.type in types:
                included.append(version)
    own = [self_key(context.tenant, version.type, version.id) for version in found]
    for include in query.revincludes if own else ():
        room = limit - len(included)
        referring = reads.search(plan_reverse(include, own, context, room + 1))
        cut = cut or len(referring) > room
        included += referring[:room]
    once = {version.rid: version for version in included if version.rid not in seen}
    return tuple(once.values()), cut


def _wanted(
    includes: Sequence[Include], found: Sequence[Version], context: Context, extractor: Extractor
) -> dict[int, set[str]]:
    """Return the self keys that the matches refer to, with the types asked for (empty: any)."""
    wanted: dict[int, set[str]] = {}
    for version in found:
        resource = decode(version.body)
        for include in includes:
            for _, target in extractor.targets(resource, context.tenant, include.code):
                wanted.setdefault(target, set()).add(include.target)
    return wanted


def _ignored(name: str) -> Issue:
    text = f"the parameter {name} is not known and was ignored"
    return Issue("warning", "not-supported", text, detail="unknown-parameter")


def _cut(query: Query) -> Issue:
    text = f"more than {query.include_limit} resources would come along; the rest was left out"
    return Issue("warning", "too-costly", text, detail="include-limit")
