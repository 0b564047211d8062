"""The links of a Patient to others of the same person.

Source: https://hl7.org/fhir/R4/patient.html#links.
"""

from collections.abc import Iterator, Sequence

from mappers.path import JsonObject, JsonValue, read

REPLACES, REPLACED_BY, SEE_ALSO = "replaces", "replaced-by", "seealso"


def linked(patient: JsonObject, type: str) -> list[str]:
    """Return the patients a Patient is linked to in this way."""
    found = []
    for link in _links(patient):
        if link.get("type") == type:
            found += [str(one) for one in read(link, "other.reference")]
    return found


def link_to(other: str, type: str) -> JsonObject:
    """Return the link to another Patient."""
    return {"other": {"reference": other}, "type": type}


def _links(patient: JsonObject) -> Iterator[JsonObject]:
    found = patient.get("link")
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def links_of(patient: JsonObject, type: str) -> list[JsonObject]:
    """Return the links of a type."""
    return [one for one in _links(patient) if one.get("type") == type]


def with_links(
    patient: JsonObject, links: Sequence[JsonObject], without: Sequence[JsonObject] = ()
) -> JsonObject:
    """Return the Patient with more links, and without some."""
    kept = [one for one in _links(patient) if one not in without]
    whole: list[JsonValue] = [*kept, *(one for one in links if one not in kept)]
    rest = {name: value for name, value in patient.items() if name != "link"}
    return rest | ({"link": whole} if whole else {})
