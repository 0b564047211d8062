"""What the server maintains is not a client's to write."""

from datetime import UTC, datetime

from fhir_server.interactions.maintained import CLAIM_STATE, with_maintained
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue, Version


def stored(*extensions: JsonValue, deleted: bool = False) -> Version:
    body = encode({"resourceType": "Claim", "extension": list(extensions)})
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Version(1, "Claim", "c", 1, moment, deleted, "update", b"" if deleted else body)


def state(code: str) -> JsonValue:
    return {"url": CLAIM_STATE, "valueCode": code}


OTHER: JsonValue = {"url": "https://other.example", "valueString": "kept"}
CLAIM: JsonObject = {"resourceType": "Claim"}


def test_state_a_client_sends_is_left_out_of_a_new_claim() -> None:
    assert with_maintained(CLAIM | {"extension": [state("paid")]}, None) == CLAIM


def test_state_a_client_sends_gives_way_to_the_stored_one() -> None:
    sent = CLAIM | {"extension": [OTHER, state("paid")]}
    kept = with_maintained(sent, stored(state("sent")))
    assert kept["extension"] == [OTHER, state("sent")]


def test_state_a_client_leaves_out_is_kept() -> None:
    assert with_maintained(CLAIM, stored(state("sent")))["extension"] == [state("sent")]


def test_claim_back_from_deletion_begins_anew() -> None:
    assert with_maintained(CLAIM, stored(deleted=True)) == CLAIM


def test_other_resources_and_extensions_are_left_as_they_are() -> None:
    patient: JsonObject = {"resourceType": "Patient", "extension": [state("paid")]}
    assert with_maintained(patient, None) is patient
    claim = CLAIM | {"extension": [OTHER]}
    assert with_maintained(claim, None) is claim
