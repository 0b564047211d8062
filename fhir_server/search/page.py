"""One page of a search: matches, what comes along, the total, and links to the other pages.

A page begins behind the last match of the one before, by its sort values and internal key, not
at a count. All pages show the resources as they were when the first was read: what has changed
since is shown with its version, and in its place, of that moment (`search.changed`); what was
created since is left out, and so is what was deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Issue
from fhir_server.search.along import Along, come_along
from fhir_server.search.changed import find_changed
from fhir_server.search.cursor import write_bookmark
from fhir_server.search.extract import Extractor
from fhir_server.search.moment import Moment
from fhir_server.search.plan import plan_page
from fhir_server.search.query import Bookmark, Cursor, Query, Total, has_rest
from fhir_server.search.reads import Reads
from fhir_server.search.sort import place_of, sort_key
from fhir_server.search.total import count_matches, told_estimate

Parameters = tuple[tuple[str, str], ...]
TRAIL = 10
"""Most pages to which `previous` leads back one by one."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a searchset Bundle holds.

    `total` is None when it was not asked for and is not known. `links` are the parameters of the
    other pages by relation: first, previous, next, and related for the rest of what comes along.
    `notes` are issues for an OperationOutcome: what was ignored or cut.
    """

    matches: tuple[Version, ...] = ()
    included: tuple[Version, ...] = ()
    total: Total | None = None
    links: dict[str, Parameters] = field(default_factory=dict)
    notes: tuple[Issue, ...] = ()

    @property
    def next(self) -> Parameters | None:
        """The parameters of the next page, None on the last."""
        return self.links.get("next")


def find_page(query: Query, context: Context, extractor: Extractor, reads: Reads) -> Page:
    """Run a query: one statement for the matches, one a round of includes, one for the total.

    A sorted search that runs out of matches with a value takes another for those without; a page
    that is not the first another for what has changed. On SQLite several criteria are looked at
    before (`search.lead`). Raises Stale, TooCostly.
    """
    ignored = (*query.notes, *(_ignored(name) for name in query.ignored))
    query = reads.led(query)
    if query.only_count:
        counted = count_matches(query, context, reads)
        return Page(total=counted, notes=(*ignored, *told_estimate(counted)))
    turned = _turn(query, context, extractor, reads)
    along = come_along(query, turned.found, context, extractor, reads)
    bookmark = query.bookmark or Bookmark()
    if bookmark.along is not None:
        links = _links(query, turned, None, along)
        related = {name: link for name, link in links.items() if name == "related"}
        return Page(included=along.found, links=related, notes=(*ignored, *along.notes))
    total = _total(query, turned, context, extractor, reads)
    notes = (*ignored, *told_estimate(total), *along.notes)
    return Page(turned.found, along.found, total, _links(query, turned, total, along), notes)


@dataclass(frozen=True, slots=True)
class Turned:
    """The matches of a page, the moment they are of, and the place of the last when more follow."""

    found: tuple[Version, ...]
    moment: Moment | None
    last: Cursor | None


def _turn(query: Query, context: Context, extractor: Extractor, reads: Reads) -> Turned:
    found, moment = _read(query, context, reads)
    as_of, count = _at(query, moment), query.count
    is_later = query.moment is not None
    if has_rest(query.order) and not (query.cursor and query.cursor.rest) and len(found) <= count:
        is_later = moment is not None
        missing = replace(as_of, cursor=_rest_start(query), count=count - len(found))
        rest, moment = _read(missing, context, reads)
        found += rest
    if is_later:
        found = _merged(as_of, found, context, extractor, reads)
    if len(found) <= count:
        return Turned(tuple(found), moment, None)
    last = place_of(query.order, found[count - 1], extractor, context.tenant)
    return Turned(tuple(found[:count]), moment, last)


def _read(query: Query, context: Context, reads: Reads) -> tuple[list[Version], Moment | None]:
    """Return what a page finds in the database, and its moment: that of the query, else now."""
    if query.moment is not None:
        return reads.search(plan_page(query, context)), query.moment
    return reads.marked(plan_page(query, context, marked=True))


def _at(query: Query, moment: Moment | None) -> Query:
    return replace(query, bookmark=replace(query.bookmark or Bookmark(), moment=moment))


def _rest_start(query: Query) -> Cursor:
    """Return the place before all matches without a sort value."""
    beyond = 2**63 - 1 if query.order[0].descending else -1
    return Cursor(beyond, rest=True)


def _merged(
    query: Query, found: Sequence[Version], context: Context, extractor: Extractor, reads: Reads
) -> list[Version]:
    """Return what was found together with what has changed, where it was, from the cursor on."""
    changed = find_changed(query, context, extractor, reads)
    if not changed:
        return list(found)
    key = sort_key(query.order)

    def place(version: Version) -> Cursor:
        return place_of(query.order, version, extractor, context.tenant)

    begin = None if query.cursor is None else key(query.cursor)
    known = {one.rid for one in found}  # what changed between two statements is in both
    placed = [(key(place(one)), one) for one in changed if one.rid not in known]
    behind = [pair for pair in placed if begin is None or begin < pair[0]]
    both = [*((key(place(one)), one) for one in found), *behind]
    both.sort(key=lambda pair: pair[0])
    return [one for _, one in both]


def _total(
    query: Query, turned: Turned, context: Context, extractor: Extractor, reads: Reads
) -> Total | None:
    """Return the number of matches: as asked for, or when the page itself tells it."""
    if query.total == "none":
        return None
    known = query.bookmark.total if query.bookmark else None
    if known is not None:
        return known
    if query.cursor is None and turned.last is None:
        return Total(len(turned.found))
    if not query.total:
        return None
    as_of = _at(query, turned.moment)
    counted = count_matches(as_of, context, reads)
    if not counted.exact:
        return counted
    return Total(counted.number + len(find_changed(as_of, context, extractor, reads)))


def _links(
    query: Query, turned: Turned, total: Total | None, along: Along
) -> dict[str, Parameters]:
    """Return the parameters of the other pages."""
    here = replace(query.bookmark or Bookmark(), moment=turned.moment, along=None)
    if total is not None:
        here = replace(here, total=total)
    links: dict[str, Bookmark] = {}
    if here.place is not None or turned.last:
        links["first"] = replace(here, place=None, trail=())
    if here.trail:
        links["previous"] = replace(here, place=here.trail[0], trail=here.trail[1:])
    if turned.last:
        trail = (here.place, *here.trail)[:TRAIL]
        links["next"] = replace(here, place=turned.last, trail=trail)
    if along.rest is not None:
        links["related"] = replace(here, along=along.rest)
    return {name: with_bookmark(query, one) for name, one in links.items()}


def with_bookmark(query: Query, bookmark: Bookmark | None) -> Parameters:
    """Return the parameters of a link."""
    cursor = (("_cursor", write_bookmark(bookmark)),) if bookmark else ()
    return (*query.parameters, *cursor)


def _ignored(name: str) -> Issue:
    text = f"the parameter {name} is not known and was ignored"
    return Issue("warning", "not-supported", text, detail="unknown-parameter")
