"""Bundles put together from stored text, so that a body is served as it was written.

Source: https://hl7.org/fhir/R4/bundle.html.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from fhir_server.interactions.report import instant, status_line
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue, Version

OPERATION_METHODS = {"create": "POST", "update": "PUT", "delete": "DELETE"}
OPERATION_STATUS = {"create": 201, "update": 200, "delete": 204}


def bundle_text(head: JsonObject, entries: Sequence[bytes]) -> bytes:
    """Return a Bundle of these entries; `head` holds all its other elements."""
    text = encode({"resourceType": "Bundle", **head})
    if not entries:
        return text
    return b"".join((text[:-1], b',"entry":[', b",".join(entries), b"]}"))


def bundle_links(links: Iterable[tuple[str, str]]) -> JsonValue:
    """Return Bundle.link of pairs of relation and URL."""
    return [{"relation": relation, "url": url} for relation, url in links]


def search_entry(version: Version, base: str, mode: str) -> bytes:
    """Return one entry of a searchset; `mode` is match or include."""
    return b"".join(
        (
            b'{"fullUrl":',
            _quoted(f"{base}/{version.reference}"),
            b',"resource":',
            version.body,
            b',"search":{"mode":"',
            mode.encode(),
            b'"}}',
        )
    )


def outcome_entry(outcome: bytes) -> bytes:
    """Return the entry of a searchset that tells about the search itself."""
    return b"".join((b'{"resource":', outcome, b',"search":{"mode":"outcome"}}'))


def history_entry(version: Version, base: str) -> bytes:
    """Return one entry of a history: the version, and the request and response that made it."""
    known = version.operation in OPERATION_METHODS
    operation = version.operation if known else "update"
    method = OPERATION_METHODS[operation]
    tail: JsonObject = {
        "fullUrl": f"{base}/{version.reference}",
        "request": {
            "method": method,
            "url": version.type if method == "POST" else version.reference,
        },
        "response": {
            "status": status_line(OPERATION_STATUS[operation]),
            "etag": version.etag,
            "lastModified": instant(version.updated),
        },
    }
    text = encode(tail)
    if version.deleted:
        return text
    return b"".join((b'{"resource":', version.body, b",", text[1:]))


def with_query(url: str, parameters: tuple[tuple[str, str], ...]) -> str:
    """Return a URL with its query; characters FHIR gives a meaning stay readable."""
    if not parameters:
        return url
    return f"{url}?{urlencode(parameters, safe='|,:/', quote_via=quote)}"


def _quoted(text: str) -> bytes:
    return encode({"": text})[4:-1]
