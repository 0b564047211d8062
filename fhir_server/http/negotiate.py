"""Formats: what the client accepts, what it sent, and how it wants the answer written.

Source: https://hl7.org/fhir/R4/http.html#mime-type and #parameters. JSON alone is served.
"""

from functools import lru_cache

from fhir_server.outcome import BadRequest, NotAcceptable, UnsupportedMedia

FHIR_JSON = "application/fhir+json"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
UNSUPPORTED = "unsupported-parameter"
FHIR_VERSION = "4.0"
FORMATS = {"json": FHIR_JSON, FHIR_JSON: FHIR_JSON, JSON: JSON, "text/json": JSON}
EDI_X12 = "application/edi-x12"
HL7_V2 = "application/hl7-v2+er7"
NDJSON = ("application/fhir+ndjson", "application/ndjson")
RANGES = {"*/*": FHIR_JSON, "application/*": FHIR_JSON, "text/*": JSON} | dict.fromkeys(
    (*NDJSON, EDI_X12, HL7_V2),
    FHIR_JSON,  # what an export or $x12 gives says its own type; errors about it are JSON
)


@lru_cache(maxsize=512)
def response_type(format: str | None, accept: str | None) -> str:
    """Return the media type to answer with; `_format` goes before the Accept header.

    Raises NotAcceptable when neither allows JSON of FHIR R4.
    """
    if format is not None:
        return _format_type(format)
    if not accept:
        return FHIR_JSON
    wishes = [wish for wish in map(_wish, accept.split(",")) if wish is not None]
    if not wishes:
        raise NotAcceptable("this server answers in application/fhir+json, of FHIR 4.0 only")
    return max(wishes, key=lambda wish: wish[0])[1]


def _format_type(format: str) -> str:
    # a plus sign in a query is a space: application/fhir+json arrives without it
    name = format.partition(";")[0].strip().replace(" ", "+").lower()
    known = FORMATS.get(name)
    if known is None:
        raise NotAcceptable("_format must be json: this server answers in application/fhir+json")
    return known


def _wish(text: str) -> tuple[float, str] | None:
    """Return weight and media type of one range of an Accept header we can serve."""
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    media_type = FORMATS.get(name) or RANGES.get(name)
    values = {key: value for key, _, value in (one.partition("=") for one in parameters)}
    if media_type is None or values.get("fhirversion", FHIR_VERSION) != FHIR_VERSION:
        return None
    try:
        weight = float(values.get("q", "1"))
    except ValueError:
        weight = 1.0
    return (weight, media_type) if weight > 0 else None


@lru_cache(maxsize=128)
def check_body_type(content_type: str | None, allowed: tuple[str, ...] = (FHIR_JSON, JSON)) -> None:
    """Refuse a body that says it is not of an allowed type; none said is taken as allowed.

    Raises UnsupportedMedia.
    """
    if not content_type:
        return
    name, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [one[8:].strip('"') for one in parameters if one.startswith("charset=")]
    if name not in allowed or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise UnsupportedMedia(f"send the body as {' or '.join(allowed)} in UTF-8")


def is_pretty(value: str | None) -> bool:
    """Whether `_pretty` asks for indented JSON. Raises BadRequest for other than true and false."""
    if value not in (None, "", "true", "false"):
        raise BadRequest("_pretty must be true or false")
    return value == "true"


def check_subset(summary: str | None, elements: str | None, *, counts: bool) -> None:
    """Refuse to answer with a part of a resource, which this server does not do.

    `_summary=false` asks for everything; `count` is for a search, which `counts`. Raises
    BadRequest.
    """
    if summary not in (None, "false") and not (counts and summary == "count"):
        raise BadRequest("_summary is served as false, or count in a search", detail=UNSUPPORTED)
    if elements is not None:
        raise BadRequest("_elements is not served", detail=UNSUPPORTED)
