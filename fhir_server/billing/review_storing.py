"""Reviews in the store: the claim a trace number belongs to, and the versions of its response."""

from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.review_copy import with_copies
from fhir_server.billing.review_keeping import response_id
from fhir_server.billing.review_stored import Stored
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.review_answer import Answer
from mappers.path import read


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
