"""$everything: a subject, its compartment, and what those refer to, each resource once.

Source: https://hl7.org/fhir/R4/patient-operation-everything.html, encounter-operation-everything.
First come the subject and its compartment, page by page in the order they were written; then the
practitioners, organizations, locations and other resources these refer to that belong to no
subject. A resource created while a client pages may come on a later page; none comes twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fhir_server.interactions.assembly import bundle_links, bundle_text, search_entry, with_query
from fhir_server.interactions.read import found
from fhir_server.interactions.reference import references
from fhir_server.model.codec import decode
from fhir_server.model.date import date_span, microseconds
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import Inputs, read_inputs
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime
from fhir_server.search.everything import (
    Extent,
    plan_members,
    plan_supporting,
    supporting_types,
)
from fhir_server.security.scope import granted_types
from fhir_server.store.reader import CHUNK, Key, Reader

Phase = Literal["m", "s"]
ENCOUNTER = ("_since", "_type", "_count", "_cursor", "_summary", "_elements")
PATIENT = ("start", "end", *ENCOUNTER)
_CURSOR = re.compile(r"([ms])(-?[0-9]{1,19})")
_LITERAL = re.compile(
    r"(?:(https?://.+)/)?([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/.+)?"
)
FIRST = -1
"""A key before every other."""


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins: among the members or what supports them, behind a key."""

    count: int
    phase: Phase = "m"
    after: int = FIRST


@dataclass(frozen=True, slots=True)
class Search:
    """One page being found."""

    extent: Extent
    page: Page
    base: str
    reader: Reader
    runtime: Runtime

    def run(self) -> tuple[list[Version], list[Version], Page | None]:
        """Return members, supporting resources, and where the next page begins if there is one."""
        count = self.page.count
        members: list[Version] = []
        after = self.page.after
        if self.page.phase == "m":
            members = self._members(self.page.after, count + 1)
            if len(members) > count:
                return members[:count], [], Page(count, "m", members[count - 1].rid)
            after = FIRST
        room = count - len(members)
        supporting = self._supporting(after, room + 1)
        if len(supporting) <= room:
            return members, supporting, None
        last = supporting[room - 1].rid if room else after
        return members, supporting[:room], Page(count, "s", last)

    def _members(self, after: int, limit: int | None) -> list[Version]:
        context, registry = self.reader.context, self.runtime.registry
        return self.reader.select(plan_members(self.extent, context, registry, after, limit))

    def _supporting(self, after: int, limit: int) -> list[Version]:
        if self.extent.id is None:
            context, registry = self.reader.context, self.runtime.registry
            return self.reader.select(plan_supporting(self.extent, context, registry, after, limit))
        wanted = sorted(self._referred())
        known = self.reader.many(wanted).values() if wanted else ()
        since = self.extent.since
        fit = [
            one
            for one in known
            if one.rid > after
            and not one.deleted
            and (since is None or microseconds(one.updated) >= since)
        ]
        return sorted(fit, key=lambda one: one.rid)[:limit]

    def _referred(self) -> set[Key]:
        """Return what the members refer to that belongs to no subject and may be shown."""
        wanted: set[Key] = set()
        types = set(supporting_types(self.extent.type, self.runtime.registry))
        if self.extent.type != "Patient":
            types |= {"Patient", "RelatedPerson", "Coverage", "Account", "Appointment"}
        if self.extent.types is not None:
            types &= self.extent.types
        for version in self._all_members():
            for reference in references(decode(version.body)):
                match = _LITERAL.fullmatch(reference)
                if match and match[1] in (None, self.base) and match[2] in types:
                    wanted.add((match[2], match[3]))
        return wanted

    def _all_members(self) -> Iterator[Version]:
        """Yield every member, also of types that are not shown: they refer to what is."""
        readable = granted_types(self.reader.context.scopes, "r")
        whole = replace(self, extent=replace(self.extent, types=readable))
        after = FIRST
        while some := whole._members(after, CHUNK):  # noqa: SLF001  of its own kind
            yield from some
            after = some[-1].rid


def everything(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of everything about a subject as a searchset Bundle.

    Without `_count` a page has as many entries as any page may have. Raises NotFound, Gone,
    BadRequest, UnknownParameter.
    """
    known = PATIENT if request.subject == "Patient" else ENCOUNTER
    inputs = read_inputs(request, known)
    page = read_page(inputs, runtime.settings.page_limit)
    extent = read_extent(inputs, request, runtime)
    with runtime.store.read(request.context) as reader:
        if request.id is not None:
            found(reader.current(*request.instance), "/".join(request.instance))
        search = Search(extent, page, request.base, reader, runtime)
        members, supporting, following = search.run()
    return FhirResponse(200, _bundle(request, inputs, page, members, supporting, following))


def _bundle(
    request: FhirRequest,
    inputs: Inputs,
    page: Page,
    members: list[Version],
    supporting: list[Version],
    following: Page | None,
) -> bytes:
    place = request.subject if request.id is None else "/".join(request.instance)
    url = f"{request.base}/{place}/$everything"
    asked = tuple((name, str(value)) for name, value in inputs.pairs if name != "_cursor")
    links = [("self", with_query(url, (*asked, *_cursor(page))))]
    if following is not None:
        links.append(("next", with_query(url, (*asked, *_cursor(following)))))
    head: JsonObject = {"type": "searchset", "link": bundle_links(links)}
    if following is None and page.phase == "m" and page.after == FIRST:
        head["total"] = len(members) + len(supporting)
    entries = [search_entry(version, request.base, "match") for version in members]
    entries += [search_entry(version, request.base, "include") for version in supporting]
    return bundle_text(head, entries)


def _cursor(page: Page) -> tuple[tuple[str, str], ...]:
    if page.phase == "m" and page.after == FIRST:
        return ()
    return (("_cursor", f"{page.phase}{page.after}"),)


def read_page(inputs: Inputs, limit: int) -> Page:
    """Return the page the parameters ask for. Raises BadRequest."""
    text = inputs.text("_count")
    count = limit
    if text is not None:
        if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < 1:
            raise BadRequest("_count must be a whole number from 1", detail="bad-parameter")
        count = min(int(text), limit)
    cursor = inputs.text("_cursor")
    if cursor is None:
        return Page(count)
    match = _CURSOR.fullmatch(cursor)
    if match is None or abs(int(match[2])) >= 2**63:
        raise BadRequest("_cursor is not from a next link of this server", detail="bad-parameter")
    return Page(count, "m" if match[1] == "m" else "s", int(match[2]))


def read_extent(inputs: Inputs, request: FhirRequest, runtime: Runtime) -> Extent:
    """Return what of everything the parameters ask for and the token covers. Raises BadRequest."""
    asked = [one.strip() for text in inputs.texts("_type") for one in text.split(",")]
    for one in asked:
        if not runtime.definitions.is_resource_type(one):
            raise BadRequest("_type takes resource types of R4", detail="unknown-type")
    readable = granted_types(request.context.scopes, "r")
    wanted = frozenset(asked) if asked else None
    types = readable if wanted is None else wanted if readable is None else wanted & readable
    return Extent(
        request.subject,
        request.id,
        types,
        _bound(inputs, "_since", runtime, is_end=False),
        _bound(inputs, "start", runtime, is_end=False),
        _bound(inputs, "end", runtime, is_end=True),
    )


def _bound(inputs: Inputs, name: str, runtime: Runtime, *, is_end: bool) -> int | None:
    text = inputs.text(name)
    if text is None:
        return None
    try:
        # an unescaped plus sign of the offset arrives as a space
        span = date_span(text.replace(" ", "+"), runtime.registry.zone)
    except ValueError:
        raise BadRequest(f"{name} must be a date or a time", detail="bad-parameter") from None
    return span.high if is_end else span.low
