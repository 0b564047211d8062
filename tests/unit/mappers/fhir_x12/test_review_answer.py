"""The answer to a review as ClaimResponse, and the ClaimResponse as the answer again."""

from datetime import UTC, datetime

import pytest

from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_278 import Asking
from mappers.fhir_x12.review_answer import ACTION, Answer, Context, answers
from mappers.fhir_x12.review_answering import response_278
from mappers.fhir_x12.review_bundle import unbundled
from mappers.path import JsonObject, read
from mappers.x12.check import check
from mappers.x12.sets import REVIEW_278_RESPONSE
from tests.unit.mappers.fhir_x12.reviews import ANSWERS, interchange, placed, therapy

CREATED = "2026-11-10T09:01:00Z"
ANSWERING = Asking("REQ-1", datetime(2026, 11, 10, 9, 1, tzinfo=UTC), "9PARITY000")


def answered(name: str, claim: JsonObject | None = None) -> Answer:
    (one,) = answers(placed(ANSWERS[name]), Context(CREATED, claim or {}))
    return one


@pytest.mark.parametrize(
    "name", [one for one in ANSWERS if one not in {"unknown-member", "silent"}]
)
def test_answer_is_kept_whole(name: str) -> None:
    assert check(ANSWERS[name], name).verdict == "accepted", check(ANSWERS[name], name).as_text()
    one = answered(name)
    assert one.lost == ()
    resources = {f"{other['resourceType']}/{other['id']}": other for other in one.others}
    again = interchange(REVIEW_278_RESPONSE, response_278(one.response, {}, resources, ANSWERING))
    body, expected = (data.decode().split("~")[3:] for data in (again, ANSWERS[name]))
    assert body == expected


@pytest.mark.parametrize(
    ("name", "outcome", "number", "period"),
    [
        ("certified", "complete", "AUTH-77", {"start": "2026-11-16", "end": "2027-01-10"}),
        ("partial", "complete", "AUTH-78", None),
        ("pended", "queued", None, None),
        ("refused", "error", None, None),
        ("unknown-member", "error", None, None),
    ],
)
def test_outcome_and_authorization(
    name: str, outcome: str, number: str | None, period: JsonObject | None
) -> None:
    response = answered(name).response
    assert response["outcome"] == outcome
    assert response.get("preAuthRef") == number
    assert response.get("preAuthPeriod") == period


def test_item_of_the_claim_is_answered_by_its_trace_number() -> None:
    claim = unbundled(therapy()).claim
    response = answered("certified", claim).response
    assert read(response, "item.itemSequence") == [1]
    assert ACTION(read(response, "item")[0]) == "A1"
    assert read(response, "request.reference") == ["Claim/review"]
    assert response["patient"] == {"reference": "Patient/ana"}
    assert read(response, "identifier.system") == ["https://practice.example/events"]
    period = read(response, f"item.{pas.extension('itemPreAuthPeriod')}.valuePeriod")
    assert period == [{"start": "2026-11-16", "end": "2027-01-10"}]


def test_decision_of_the_event_holds_for_items_it_does_not_name() -> None:
    claim = unbundled(therapy()).claim
    one = answered("event-only", claim)
    (item,) = read(one.response, "item")
    assert ACTION(item) == "A1"
    assert read(item, f"{pas.extension('itemPreAuthIssueDate')}.valueDate") == ["2026-11-10"]


def test_documents_asked_for_are_requests() -> None:
    one = answered("pended")
    requests = [other for other in one.others if other["resourceType"] == "CommunicationRequest"]
    assert read(one.response, "communicationRequest.reference") == [
        "CommunicationRequest/request-1",
        "CommunicationRequest/request-2",
    ]
    assert [read(other, "category.coding.code") for other in requests] == [["77"], ["15"]]
    assert [read(other, "identifier.value") for other in requests] == [["ACN-1"], ["ACN-2"]]
    line = f"payload.extension[url={pas.url('serviceLineNumber')}].valuePositiveInt"
    assert [read(other, line) for other in requests] == [[], [1]]
    asked = f"payload.extension[url={pas.url('contentModifier')}].valueCodeableConcept.coding.code"
    assert [read(other, asked) for other in requests] == [[], ["18804-5"]]
    assert read(one.response, "processNote.text") == ["SEND THE LAST NOTES"]
    assert read(one.response, "item.noteNumber") == [1]


def test_refusal_names_the_element_to_mend() -> None:
    errors = read(answered("refused").response, "error")
    told = [
        (
            read(one, "code.coding.code")[0],
            read(one, f"{pas.extension('errorElement')}.valueString")[0],
            read(one, f"{pas.extension('errorPath')}.valueString")[0],
            read(one, f"{pas.extension('errorFollowupAction')}.valueCodeableConcept.coding.code")[
                0
            ],
        )
        for one in errors
    ]
    assert told == [
        ("52", "2000E DTP03", "Claim.supportingInfo.timing", "C"),
        ("57", "2000F DTP03", "Claim.item[0].serviced", "C"),
        ("51", "2010FA NM109", "Claim.careTeam.provider.identifier", "R"),
    ]


def test_refused_member_is_an_error_without_an_event() -> None:
    claim = unbundled(therapy()).claim
    response = answered("unknown-member", claim).response
    assert read(response, "error.code.coding.code") == ["72", "42"]
    path = f"error[0].{pas.extension('errorPath')}.valueString"
    assert read(response, path) == ["Claim.insurance.coverage.subscriber.identifier"]
    assert response["patient"] == {"reference": "Patient/ana"}


def test_no_answer_at_all_is_an_error_that_says_so() -> None:
    one = answered("silent")
    assert one.response["outcome"] == "error"
    assert read(one.response, "error.code.text")
