"""Formats: what the client accepts, what it sent, and how it wants the answer written.

Source: https://hl7.org/fhir/R4/http.html#mime-type and #parameters, RFC 9110 section 12.5.1.
What nobody can read who accepts only that (406) and a body nobody reads here (415) are told apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from fhir_server.outcome import BadRequest, FhirError, NotAcceptable, UnsupportedMedia

FHIR_JSON = "application/fhir+json"
FHIR_XML = "application/fhir+xml"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
FHIR_VERSIONS = ("4.0", "4.0.1")
XML_TYPES = (FHIR_XML, "application/xml", "text/xml")
OFFERED = (FHIR_JSON, JSON, *XML_TYPES)
"""What is served; of what a client likes alike, the first."""
FORMATS = {one: one for one in OFFERED} | {
    "json": FHIR_JSON,
    "text/json": FHIR_JSON,
    "xml": FHIR_XML,
}
EDI_X12 = "application/edi-x12"
HL7_V2 = "application/hl7-v2+er7"
NDJSON = ("application/fhir+ndjson", "application/ndjson")
OTHERS = dict.fromkeys(
    (*NDJSON, EDI_X12, HL7_V2, "text/json"),
    FHIR_JSON,  # what an export or $x12 gives says its own type; errors about it are JSON
)
SERVED = "this server answers in application/fhir+json and application/fhir+xml, of FHIR 4.0 only"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is to be written."""

    media_type: str = FHIR_JSON
    pretty: bool = False

    @property
    def is_xml(self) -> bool:
        """Whether it is XML."""
        return self.media_type in XML_TYPES


@dataclass(frozen=True, slots=True)
class Range:
    """One media range of an Accept header: how much it is liked, and its place in the header."""

    name: str
    weight: float
    place: int

    def covers(self, media_type: str) -> int:
        """Return how exactly the range names a type: 3 by name, 1 as any, 0 not at all."""
        if self.name == media_type:
            return 3
        if self.name == "*/*":
            return 1
        return 2 if self.name == f"{media_type.partition('/')[0]}/*" else 0


@lru_cache(maxsize=1024)
def wanted_format(format: str | None, pretty: str | None, accept: str | None) -> Wanted:
    """Return how to write the answer. Raises NotAcceptable, BadRequest."""
    return Wanted(response_type(format, accept), is_pretty(pretty))


def error_format(format: str | None, pretty: str | None, accept: str | None) -> Wanted:
    """Return how to write an answer that must be given, whatever the client accepts."""
    try:
        return wanted_format(format, pretty, accept)
    except FhirError:
        return Wanted()


@lru_cache(maxsize=512)
def response_type(format: str | None, accept: str | None) -> str:
    """Return the media type to answer with; `_format` goes before the Accept header.

    Raises NotAcceptable when neither allows a format of FHIR R4 that is served.
    """
    if format is not None:
        return _format_type(format)
    if not accept or not accept.strip():
        return FHIR_JSON
    ranges = list(_ranges(accept))
    best: tuple[float, int, int] | None = None
    chosen = ""
    for media_type in (*OFFERED, *OTHERS):
        found = _liking(media_type, ranges)
        if found is not None and (best is None or found > best):
            best, chosen = found, media_type
    if best is None:
        raise NotAcceptable(SERVED)
    return OTHERS.get(chosen, chosen)


def _format_type(format: str) -> str:
    # a plus sign in a query is a space: application/fhir+json arrives without it
    name = format.partition(";")[0].strip().replace(" ", "+").lower()
    known = FORMATS.get(name)
    if known is None or not _is_our_version(_parameters(format.split(";")[1:])):
        raise NotAcceptable(f"_format must be json or xml: {SERVED}")
    return known


def _liking(media_type: str, ranges: list[Range]) -> tuple[float, int, int] | None:
    """Return weight, exactness and earliness of a type; None when it is not accepted.

    The most exact range that covers a type decides about it.
    """
    covering = [(one.covers(media_type), -one.place, one.weight) for one in ranges]
    exactness, place, weight = max(covering, default=(0, 0, 0.0))
    return (weight, exactness, place) if exactness and weight > 0 else None


def _ranges(accept: str) -> list[Range]:
    """Return the media ranges of an Accept header that may mean FHIR R4."""
    found = []
    for place, text in enumerate(accept.split(",")):
        name, *rest = (part.strip().lower() for part in text.split(";"))
        values = _parameters(rest)
        if name and _is_our_version(values):
            found.append(Range(name, _weight(values.get("q", "1")), place))
    return found


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 1.0
    return weight if 0 <= weight <= 1 else 1.0


def _parameters(parts: list[str]) -> Mapping[str, str]:
    """Return the parameters of a media type, names and values in lower case."""
    pairs = (part.strip().lower().partition("=") for part in parts)
    return {name.strip(): value.strip().strip('"') for name, _, value in pairs}


def _is_our_version(parameters: Mapping[str, str]) -> bool:
    return parameters.get("fhirversion", FHIR_VERSIONS[0]) in FHIR_VERSIONS


@lru_cache(maxsize=128)
def check_body_type(content_type: str | None, allowed: tuple[str, ...] = (FHIR_JSON, JSON)) -> str:
    """Return the type of a body, which must be an allowed one; none said is the first of them.

    Raises UnsupportedMedia.
    """
    if not content_type:
        return allowed[0]
    name, *rest = (part.strip().lower() for part in content_type.split(";"))
    parameters = _parameters(rest)
    is_utf8 = parameters.get("charset", "utf-8") in ("utf-8", "utf8", "us-ascii")
    if name not in allowed or not is_utf8 or not _is_our_version(parameters):
        raise UnsupportedMedia(f"send the body as {' or '.join(allowed)} in UTF-8")
    return name


@lru_cache(maxsize=128)
def is_xml_body(content_type: str | None) -> bool:
    """Whether a resource is sent as XML and not as JSON; none said is JSON.

    Raises UnsupportedMedia for what is neither.
    """
    return check_body_type(content_type, OFFERED) in XML_TYPES


def is_pretty(value: str | None) -> bool:
    """Whether `_pretty` asks for lines and indents. Raises BadRequest for an odd value."""
    if value not in (None, "", "true", "false"):
        raise BadRequest("_pretty must be true or false")
    return value == "true"
