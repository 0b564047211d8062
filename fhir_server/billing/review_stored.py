"""A claim for preauthorization and its response as they are stored."""

from dataclasses import dataclass

from fhir_server.billing.review_keeping import response_id
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import NotFound
from fhir_server.store.reader import Reader
from mappers.path import read


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
