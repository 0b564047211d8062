"""Reviews in the store: the claim a trace number belongs to, and the versions of its response."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.review_keeping import response_id, with_copies
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_answer import Answer
from mappers.fhir_x12.review_service import is_cancelled
from mappers.path import read

MOST_NAMESAKES = 50
PREAUTHORIZATION = "preauthorization"
CHANGING = frozenset("1234RS")
"""Certification types (UM02) that speak of a review before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A response as stored, and the requests for documents that belong to it."""

    response: JsonObject
    requests: tuple[JsonObject, ...]


def stored_answer(claim: str, reader: Reader) -> Stored | None:
    """Return the answer a request has already; None while it has none, or only an error."""
    version = reader.current("ClaimResponse", response_id(claim))
    if version is None or version.deleted:
        return None
    response = decode(version.body)
    if response.get("outcome") == "error":
        return None
    references = [str(one) for one in read(response, "communicationRequest.reference")]
    keys = [(kind, id) for kind, _, id in (one.partition("/") for one in references)]
    found = reader.many(keys).values() if keys else ()
    return Stored(response, tuple(decode(one.body) for one in found if not one.deleted))


def claim_by_id(id: str, reader: Reader) -> JsonObject:
    """Return a stored claim. Raises NotFound."""
    version = reader.current("Claim", id)
    if version is None or version.deleted:
        raise NotFound(f"Claim/{id} is not here any more")
    return decode(version.body)


def known_claim(traces: Sequence[str], reader: Reader, runtime: Runtime) -> JsonObject | None:
    """Return the newest request that bears one of the trace numbers.

    None where there is none, or where the number stands for requests of several patients.
    """
    found = [one for trace in traces for one in _numbered(trace, reader, runtime)]
    patients = {str(one.get("patient")) for one in found if _holder(one)}
    if len(patients) != 1:
        return None
    return max(found, key=lambda one: str(next(iter(read(one, "meta.lastUpdated")), "")))


def _holder(claim: JsonObject) -> str:
    return str(next(iter(read(claim, "patient.reference")), ""))


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


def keep_answer(answer: Answer, claim: JsonObject, work: UnitOfWork, runtime: Runtime) -> Stored:
    """Store an answer as the response of its claim, a new version where there is one."""
    id = response_id(str(claim["id"]))
    requests = answer.requests
    names = {
        f"CommunicationRequest/{one['id']}": str(uuid5(NAMESPACE_URL, f"{id}/{one['id']}"))
        for one in requests
    }
    copies = {
        f"#{one['id']}": one
        for one in read(claim, "contained")
        if isinstance(one, dict) and "id" in one
    }
    response: JsonObject = {
        **answer.response,
        "id": id,
        **_parties(claim),
        "request": {"reference": f"Claim/{claim['id']}"},
    }
    asked: list[JsonValue] = [
        {"reference": f"CommunicationRequest/{names[str(one)]}"}
        for one in read(response, "communicationRequest.reference")
        if str(one) in names
    ]
    if asked:
        response["communicationRequest"] = asked
    kept = [
        with_copies(
            {**one, "id": names[f"CommunicationRequest/{one['id']}"], "subject": claim["patient"]},
            copies,
        )
        for one in requests
    ]
    for one in kept:
        save(one, work, runtime)
    version = save(with_copies(response, copies), work, runtime)
    return Stored(decode(version.body), tuple(kept))


def _parties(claim: JsonObject) -> JsonObject:
    """Return patient, insurer and requestor as the stored claim refers to them."""
    return {
        name: claim[source]
        for name, source in (
            ("patient", "patient"),
            ("insurer", "insurer"),
            ("requestor", "provider"),
        )
        if source in claim
    }
