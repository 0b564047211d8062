"""The formats a patch may come in, by the media type of its body: one table.

Source: https://hl7.org/fhir/R4/http.html#patch.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from types import MappingProxyType

from fhir_server.interactions.fhirpath_patch import apply_fhirpath_patch
from fhir_server.interactions.json_patch import apply_json_patch
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, UnsupportedMedia
from profiles.loader import Definitions

Apply = Callable[[bytes, JsonObject, Definitions], JsonObject]
"""Makes of a patch's text and a resource the resource it leaves; the argument may be changed."""
Change = Callable[[JsonObject], JsonObject]
JSON_PATCH = "application/json-patch+json"
XML_PATCH = "application/xml-patch+xml"
FHIR_JSON = "application/fhir+json"


def _json_patch(body: bytes, resource: JsonObject, definitions: Definitions) -> JsonObject:
    del definitions
    return apply_json_patch(body, resource)


def _fhirpath_patch(body: bytes, resource: JsonObject, definitions: Definitions) -> JsonObject:
    return apply_fhirpath_patch(decode(body), resource, definitions)


def _fhirpath_patch_in_xml(
    body: bytes, resource: JsonObject, definitions: Definitions
) -> JsonObject:
    # loaded when first needed: most processes never read XML
    from fhir_server.model.xml.reader import XmlReader  # noqa: PLC0415
    from fhir_server.model.xml.shape import Shapes  # noqa: PLC0415

    parameters = XmlReader(Shapes(definitions)).decode(body)
    return apply_fhirpath_patch(parameters, resource, definitions)


def _xml_patch(body: bytes, resource: JsonObject, definitions: Definitions) -> JsonObject:
    from fhir_server.model.xml.patch import apply_xml_patch  # noqa: PLC0415  as above

    return apply_xml_patch(body, resource, definitions)


PATCH_FORMATS: Mapping[str, Apply] = MappingProxyType(
    {
        JSON_PATCH: _json_patch,
        FHIR_JSON: _fhirpath_patch,
        "application/json": _fhirpath_patch,
        XML_PATCH: _xml_patch,
        "application/fhir+xml": _fhirpath_patch_in_xml,
        "application/xml": _fhirpath_patch_in_xml,
    }
)


def patch_of(resource: JsonObject | None) -> tuple[bytes, str]:
    """Return the text and media type of the patch that is the resource of a bundle entry.

    A Binary holds one of any format; Parameters are a FHIRPath Patch. Raises BadRequest.
    """
    given = {} if resource is None else resource
    if given.get("resourceType") == "Parameters":
        return encode(given), FHIR_JSON
    data, content_type = given.get("data"), given.get("contentType")
    is_binary = given.get("resourceType") == "Binary"
    if not is_binary or not isinstance(data, str) or not isinstance(content_type, str):
        raise BadRequest(
            "the patch of an entry is a Binary with contentType and data, or a Parameters",
            detail="bad-patch",
        )
    try:
        return b64decode("".join(data.split()), validate=True), content_type
    except ValueError:
        raise BadRequest("Binary.data is not base64", detail="bad-patch") from None


def read_change(body: bytes, content_type: str | None, definitions: Definitions) -> Change:
    """Return the change a patch asks for, not yet read. Raises UnsupportedMedia."""
    name, *parameters = (part.strip().lower() for part in (content_type or "").split(";"))
    apply = PATCH_FORMATS.get(name)
    charsets = [one[8:].strip('"') for one in parameters if one.startswith("charset=")]
    if apply is None or any(charset not in ("utf-8", "utf8") for charset in charsets):
        raise UnsupportedMedia.patch(tuple(PATCH_FORMATS))
    return lambda resource: apply(body, resource, definitions)
