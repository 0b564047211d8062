"""Which authorization a claim stands under: services, days and units as certified."""

from decimal import Decimal

import pytest

from fhir_server.billing.certified import Found, authorization_for, certified, used_by
from fhir_server.model.resource import JsonObject, JsonValue
from mappers.fhir_x12 import pas
from tests.acceptance.claims import line, professional_claim

CPT = "http://www.ama-assn.org/go/cpt"
CLAIM = professional_claim("C1")


def request(*codes: str, units: int = 10) -> JsonObject:
    items: list[JsonValue] = [
        {
            "sequence": at,
            "productOrService": {"coding": [{"system": CPT, "code": code}]},
            "quantity": {"value": units},
        }
        for at, code in enumerate(codes, 1)
    ]
    return {"resourceType": "Claim", "use": "preauthorization", "item": items}


def response(
    *actions: str,
    number: str = "AUTH1",
    period: tuple[str, str] = ("2026-11-01", "2026-12-31"),
    units: int | None = None,
) -> JsonObject:
    """Return an answer with a decision on each item requested, and the units of the first."""
    items: list[JsonValue] = []
    for at, action in enumerate(actions, 1):
        coding: JsonObject = {"coding": [{"system": pas.system("306"), "code": action}]}
        review: JsonObject = {
            "url": pas.url("reviewAction"),
            "extension": [{"url": pas.url("reviewActionCode"), "valueCodeableConcept": coding}],
        }
        detail: list[JsonValue] = []
        if units is not None and at == 1:
            quantity: JsonObject = {"url": "quantity", "valueQuantity": {"value": units}}
            detail = [{"url": pas.url("itemAuthorizedDetail"), "extension": [quantity]}]
        items.append(
            {
                "itemSequence": at,
                **({"extension": detail} if detail else {}),
                "adjudication": [{"category": {"text": "submitted"}, "extension": [review]}],
            }
        )
    start, end = period
    return {
        "resourceType": "ClaimResponse",
        "use": "preauthorization",
        "preAuthRef": number,
        "preAuthPeriod": {"start": start, "end": end},
        "item": items,
    }


BOTH = request("90834", "90785")
CASES: dict[str, tuple[JsonObject, JsonObject, str]] = {
    "certified": (BOTH, response("A1", "A1"), "AUTH1"),
    "one line of two": (request("90834"), response("A1"), "AUTH1"),
    "modified": (BOTH, response("A6", "A1"), "AUTH1"),
    "not certified": (BOTH, response("A3", "A3"), ""),
    "pended": (BOTH, response("A4", "A4"), ""),
    "another service": (request("90853"), response("A1"), ""),
    "before its days": (BOTH, response("A1", "A1", period=("2026-11-03", "2026-12-31")), ""),
    "after its days": (BOTH, response("A1", "A1", period=("2026-01-01", "2026-11-01")), ""),
    "no number": (BOTH, response("A1", "A1", number=""), ""),
    "no units": (BOTH, response("A2", "A1", units=0), ""),
}


@pytest.mark.parametrize("name", CASES)
def test_claim_stands_under_what_was_certified(name: str) -> None:
    asked, answer, number = CASES[name]
    assert authorization_for(CLAIM, list(certified(asked, answer)), {}).number == number


def test_two_authorizations_are_left_to_a_person() -> None:
    services = [
        *certified(request("90834"), response("A1", number="A")),
        *certified(request("90785"), response("A1", number="B")),
    ]
    assert authorization_for(CLAIM, services, {}) == Found("")


def test_units_of_earlier_claims_are_used() -> None:
    services = list(certified(request("90834", units=2), response("A1")))
    earlier = professional_claim("C0") | {"insurance": [{"preAuthRef": ["AUTH1"]}]}
    assert used_by([earlier]) == {("AUTH1", "90834"): Decimal(1), ("AUTH1", "90785"): Decimal(1)}
    assert authorization_for(CLAIM, services, used_by([earlier])).number == "AUTH1"
    assert authorization_for(CLAIM, services, used_by([earlier, earlier])) == Found("", ("AUTH1",))


def test_units_of_the_claims_own_lines_are_used() -> None:
    services = list(certified(request("90834", units=1), response("A1")))
    twice = CLAIM | {"item": [line(1, "90834", "1.00"), line(2, "90834", "1.00")]}
    assert authorization_for(twice, services, {}) == Found("", ("AUTH1",))
