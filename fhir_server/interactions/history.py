"""History of one resource, newest first (https://hl7.org/fhir/R4/http.html#history)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fhir_server.interactions.assembly import bundle_links, bundle_text, history_entry, with_query
from fhir_server.model.date import EPOCH, date_span
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, NotFound, UnknownParameter
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader

CURSOR = "_cursor"
PARAMETERS = ("_count", "_since", CURSOR)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a history is asked for; `before` is the version number it begins below."""

    count: int
    since: datetime | None = None
    before: int | None = None


def history(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of versions as a Bundle; deletions have no resource.

    `_count` and `_since` are honoured. Raises NotFound for a resource that never was.
    """
    with runtime.store.read(request.context) as reader:
        return history_with(request, runtime, reader)


def history_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `history` returns, by this reader."""
    page = read_page(request, runtime)
    type, id = request.instance
    versions = reader.history(type, id, count=page.count + 1, before=page.before, since=page.since)
    if not versions and reader.current(type, id) is None:
        raise NotFound(f"{type}/{id} is not known")
    shown = versions[: page.count]
    url = f"{request.base}/{type}/{id}/_history"
    links = [("self", with_query(url, request.parameters))]
    if len(versions) > page.count and shown:
        kept = [pair for pair in request.parameters if pair[0] != CURSOR]
        following = [*kept, (CURSOR, str(shown[-1].number))]
        links.append(("next", with_query(url, tuple(following))))
    head: JsonObject = {"type": "history", "link": bundle_links(links)}
    if len(versions) <= page.count and page.before is None:
        head["total"] = len(versions)
    return FhirResponse(
        200, bundle_text(head, [history_entry(version, request.base) for version in shown])
    )


def read_page(request: FhirRequest, runtime: Runtime) -> Page:
    """Return the page the parameters ask for. Raises BadRequest, UnknownParameter."""
    values = dict(request.parameters)
    unknown = [name for name in values if name not in PARAMETERS]
    if unknown:
        raise UnknownParameter(f"history knows _count and _since, not {unknown[0][:64]}")
    settings = runtime.settings
    count = _number("_count", values.get("_count", str(settings.page_size)))
    since = _moment(values["_since"]) if "_since" in values else None
    before = _number(CURSOR, values[CURSOR]) if CURSOR in values else None
    return Page(min(count, settings.page_limit), since, before)


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise BadRequest(f"{name} must be a whole number", detail="bad-parameter")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=date_span(text, UTC).low)
    except ValueError:
        raise BadRequest("_since must be an instant", detail="bad-parameter") from None
