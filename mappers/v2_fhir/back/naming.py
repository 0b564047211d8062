"""URIs of identifier and code systems as the names a receiver knows: HD and table 0396."""

from collections.abc import Mapping
from urllib.parse import unquote

from mappers.v2_fhir.feed import CODE_SYSTEMS, OIDS, TYPE_SYSTEMS, Feed

TABLES = "http://terminology.hl7.org/CodeSystem/v2-"
OID = "urn:oid:"
KINDS: Mapping[str, str] = {OID: "ISO", "urn:uuid:": "UUID", "urn:id:": "L"}
_NAMES: Mapping[str, str] = {uri: name for name, uri in reversed(tuple(CODE_SYSTEMS.items()))}
_OIDS: Mapping[str, str] = {uri: oid for oid, uri in OIDS.items()}
Authority = tuple[str, str, str]
"""HD: namespace, universal id, its type."""


def local_name(uri: str, feed: Feed) -> str | None:
    """Return the namespace of a URI that means something to this party only; None of others."""
    start = feed.local_system("")
    return unquote(uri.removeprefix(start)) if uri.startswith(start) else None


def authority(uri: str, feed: Feed, default: str = "") -> Authority:
    """Return the assigning authority of an identifier system; `default` goes without a name."""
    known = {told: name for name, told in feed.systems.items()}
    local = known.get(uri, local_name(uri, feed))
    if local is not None:
        return ("" if local == default else local), "", ""
    return ("", *_universal(uri))


def _universal(uri: str) -> tuple[str, str]:
    """Return the universal id of a URI and its type (table 0301)."""
    for start, kind in KINDS.items():
        if uri.startswith(start):
            told = unquote(uri.removeprefix(start))
            return (told.upper() if kind == "UUID" else told), kind
    if uri in TYPE_SYSTEMS.values() or not uri:
        return "", ""
    return (_OIDS[uri], "ISO") if uri in _OIDS else (uri, "URI")


def system_name(uri: str, feed: Feed) -> str:
    """Return the name of a coding system (table 0396), empty where none is told."""
    known = {told: name for name, told in feed.systems.items()}
    if uri in known:
        return known[uri]
    if uri in _NAMES:
        return _NAMES[uri]
    if uri.startswith(TABLES):
        return f"HL7{uri.removeprefix(TABLES)}"
    local = local_name(uri, feed)
    return uri.removeprefix(OID) if local is None else local
