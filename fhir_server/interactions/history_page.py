"""Which part of a history is asked for: the parameters of a history, read.

Source: https://hl7.org/fhir/R4/http.html#history.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fhir_server.interactions.content import ID
from fhir_server.interactions.preference import parse_preference
from fhir_server.model.codec import decode
from fhir_server.model.date import Span, date_span
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirRequest
from fhir_server.outcome import BadRequest, NotSupported, UnknownParameter
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.history import Members, Part, Place
from fhir_server.store.reader import Reader

CURSOR = "_cursor"
LIST = "_list"
ITEM = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([0-9]{1,9}))?")
PARAMETERS = ("_count", "_since", "_at", LIST, CURSOR, "_summary", "_elements")
LONGEST_NUMBER = 19
"""Digits of a number in a cursor."""
MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a history is asked for; `before` is where it begins.

    `members` are what a List has as its items, None without one.
    """

    count: int
    since: int | None = None
    at: Span | None = None
    before: Place | None = None
    members: Members | None = None

    @property
    def part(self) -> Part:
        """What the store is asked for: one version more, to know whether there is a next page."""
        at = None if self.at is None else (self.at.low, self.at.high)
        return Part(self.count + 1, self.since, at, self.before, self.members)


def read_page(request: FhirRequest, runtime: Runtime, reader: Reader) -> Page:
    """Return the page the parameters ask for, the List among them read by `reader`.

    Raises BadRequest, UnknownParameter; Forbidden for a List the token may not read.
    """
    values = dict(request.parameters)
    unknown = [name for name in values if name not in PARAMETERS]
    if unknown and not parse_preference(request.headers.get("prefer")).is_lenient:
        raise UnknownParameter(
            f"history knows _count, _since, _at and _list, not {unknown[0][:64]}"
        )
    if len([name for name, _ in request.parameters if name in PARAMETERS]) > len(values):
        raise BadRequest("a parameter of a history comes once", detail="bad-parameter")
    settings = runtime.settings
    count = _number("_count", values.get("_count", str(settings.page_size)))
    zone = ZoneInfo(settings.time_zone)
    since = _span("_since", values["_since"], zone).low if "_since" in values else None
    at = _span("_at", values["_at"], zone) if "_at" in values else None
    before = _place(values[CURSOR]) if CURSOR in values else None
    members = listed(values[LIST], request, reader) if LIST in values else None
    return Page(min(count, settings.page_limit), since, at, before, members)


def listed(text: str, request: FhirRequest, reader: Reader) -> Members:
    """Return the items of a List: resources with all their versions, and single versions.

    A List that is not there has none, as in a search. Raises BadRequest, NotSupported, Forbidden.
    """
    require(request.context, "List", "r")
    if text.startswith("$"):
        raise NotSupported("_list takes the id of a List; none such as $current-allergies")
    id = text.removeprefix("List/")
    if ID.fullmatch(id) is None:
        raise BadRequest("_list takes the id of a List", detail="bad-parameter")
    found = reader.current("List", id)
    if found is None or found.deleted:
        return Members()
    items = (ITEM.fullmatch(one.removeprefix(f"{request.base}/")) for one in _items(found))
    named = [(item[1], item[2], item[3]) for item in items if item is not None]
    known = reader.many(sorted({(type, id) for type, id, _ in named}))
    rids = [(known[type, id].rid, ver) for type, id, ver in named if (type, id) in known]
    return Members(
        frozenset(rid for rid, ver in rids if ver is None),
        frozenset((rid, int(ver)) for rid, ver in rids if ver is not None),
    )


def _items(version: Version) -> Iterator[str]:
    """Yield the references of the items of a List."""
    entries = decode(version.body).get("entry")
    for entry in entries if isinstance(entries, list) else ():
        item = entry.get("item") if isinstance(entry, dict) else None
        reference = item.get("reference") if isinstance(item, dict) else None
        if isinstance(reference, str):
            yield reference


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise BadRequest(f"{name} must be a whole number", detail="bad-parameter")
    return int(text)


def _place(text: str) -> Place:
    parts = text.split(".")
    plain = all(part.isascii() and part.isdecimal() for part in parts)
    if len(parts) != 3 or not plain or max(map(len, parts)) > LONGEST_NUMBER:
        raise BadRequest("_cursor is not from a next link of this server", detail="bad-parameter")
    updated, rid, ver = (min(int(part), MOST) for part in parts)
    return updated, rid, ver


def _span(name: str, text: str, zone: ZoneInfo) -> Span:
    try:
        # an unescaped plus sign of the offset arrives as a space
        return date_span(text.replace(" ", "+"), zone)
    except ValueError:
        raise BadRequest(
            f"{name} must be a date, dateTime or instant", detail="bad-parameter"
        ) from None
