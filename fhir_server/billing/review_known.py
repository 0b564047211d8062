"""The requests for review that are stored: which one a trace number belongs to."""

from collections.abc import Sequence

from fhir_server.billing.review_stored import stored_answer
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader
from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_service import is_cancelled
from mappers.path import read

MOST_NAMESAKES = 50


PREAUTHORIZATION = "preauthorization"


CHANGING = frozenset("1234RS")
"""Certification types (UM02) that speak of a review before."""


def known_claim(traces: Sequence[str], reader: Reader, runtime: Runtime) -> JsonObject | None:
    """Return the newest request that bears one of the trace numbers.

    None where there is none, or where the number stands for requests of several patients.
    """
    found = [one for trace in traces for one in _numbered(trace, reader, runtime)]
    if len({_holder(one) for one in found}) != 1:
        return None
    return max(found, key=lambda one: str(next(iter(read(one, "meta.lastUpdated")), "")))


def _holder(claim: JsonObject) -> str:
    """Return who the patient is: a resource of this server, or what the copy in the claim says."""
    reference = str(next(iter(read(claim, "patient.reference")), ""))
    if not reference.startswith("#"):
        return reference
    copies = [one for one in read(claim, "contained") if read(one, "id") == [reference[1:]]]
    return str([read(one, name) for one in copies for name in ("name", "birthDate", "identifier")])


def _numbered(number: str, reader: Reader, runtime: Runtime) -> list[JsonObject]:
    if not number:
        return []
    escaped = "".join(f"\\{one}" if one in "\\,|$" else one for one in number)
    criteria = Criteria.of("Claim", (("identifier", escaped),), runtime)
    named = [decode(one.body) for one in matches(criteria, reader, limit=MOST_NAMESAKES)]
    return [one for one in named if one.get("use") == PREAUTHORIZATION]


def previous_number(claim: JsonObject, reader: Reader, runtime: Runtime) -> str:
    """Return the authorization an update changes: that of the newest request of its number."""
    items = [one for one in read(claim, "item") if isinstance(one, dict)]
    kinds = {str(one) for one in read(claim, f"item.{_CERTIFICATION}")}
    is_update = not kinds.isdisjoint(CHANGING) or any(
        is_cancelled(one) or read(one, f"extension[url={pas.INFO_CHANGED}].valueCode")
        for one in items
    )
    if not is_update or read(claim, f"{pas.extension('authorizationNumber')}.valueString"):
        return ""
    own = {(str(one), str(two)) for one, two in _identifiers(claim)}
    found = [
        one
        for value in read(claim, "identifier.value")
        for one in _numbered(str(value), reader, runtime)
        if own & {(str(a), str(b)) for a, b in _identifiers(one)}
    ]
    found.sort(key=lambda one: str(next(iter(read(one, "meta.lastUpdated")), "")), reverse=True)
    for one in found:
        answer = stored_answer(str(one["id"]), reader)
        number = answer.response.get("preAuthRef") if answer else None
        if isinstance(number, str):
            return number
    return ""


_CERTIFICATION = pas.coded("1322", "certificationType")


def _identifiers(claim: JsonObject) -> list[tuple[JsonValue, JsonValue]]:
    return [
        (one.get("system"), one.get("value"))
        for one in read(claim, "identifier")
        if isinstance(one, dict)
    ]
