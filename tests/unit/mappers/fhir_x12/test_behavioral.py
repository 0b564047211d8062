"""Behavioral-health truth in the output: modifiers, revenue codes, condition codes."""

import pytest

from mappers.fhir_x12.claim_837 import claim_837
from mappers.fhir_x12.modifier import AS_TOLD, Habit, modifiers_of
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import Node
from tests.acceptance.claims import concept
from tests.unit.mappers.fhir_x12.case import EXCHANGE
from tests.unit.mappers.fhir_x12.scenario import scenario

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


def line(code: str, *modifiers: str) -> JsonObject:
    listed: list[JsonValue] = [concept(HCPCS, one) for one in modifiers]
    return {"productOrService": concept(HCPCS, code), "modifier": listed}


def sent(item: JsonObject, place: str, habit: Habit) -> list[JsonValue]:
    made: JsonObject = {"modifier": modifiers_of(item, place, habit)}
    return read(made, "modifier.coding.code")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("HF", "HO"), ["HO", "HF"]),
        (("95", "59", "HQ"), ["HQ", "59", "95"]),
        (("RR", "KH"), ["RR", "KH"]),
        (("HO", "HQ"), ["HO", "HQ"]),
    ],
    ids=["informing first", "video first", "unknown", "both price"],
)
def test_modifiers_that_price_stand_first(given: tuple[str, ...], expected: list[str]) -> None:
    assert sent(line("H0004", *given), "11", AS_TOLD) == expected


def test_payer_who_wants_gt_gets_it_for_95() -> None:
    gt = Habit(video="GT")
    assert sent(line("90837", "95"), "10", gt) == ["GT"]
    assert sent(line("90837", "93"), "10", gt) == ["93"]
    assert sent(line("90837"), "10", gt) == []


def test_payer_who_wants_the_place_marked_gets_its_modifier() -> None:
    marks = Habit(video="95", adds_video=True)
    assert sent(line("90837"), "02", marks) == ["95"]
    assert sent(line("90837"), "11", marks) == []
    assert sent(line("90837", "93"), "02", marks) == ["93"]


def test_payer_who_wants_groups_marked_gets_hq() -> None:
    marks = Habit(adds_group=True)
    assert sent(line("90853", "HF"), "11", marks) == ["HQ", "HF"]
    assert sent(line("90853", "HQ"), "11", marks) == ["HQ"]
    assert sent(line("90837"), "11", marks) == []


def segments(node: Node, id: str) -> list[tuple[object, ...]]:
    own = [one.values for one in node.segments if one.id == id]
    return own + [one for child in node.children for one in segments(child, id)]


def facility(filing: str, condition: str = "") -> list[tuple[object, ...]]:
    """Return the HI segments of the intensive outpatient claim to a kind of payer."""
    held = scenario("iop-facility").claims
    claim = dict(held.claims[0])
    listed = [
        one
        for one in read(claim, "supportingInfo")
        if "condition" not in read(one, "category.coding.code")
    ]
    if condition:
        listed.append(
            {
                "category": concept(
                    "https://parity.example/fhir/CodeSystem/claim-information", "condition"
                ),
                "code": concept("https://www.nubc.org/CodeSystem/ConditionCodes", condition),
            }
        )
    claim["supportingInfo"] = listed
    resources = dict(held.resources)
    resources["Coverage/cover"] = resources["Coverage/cover"] | {
        "type": concept("https://x12.org/codes/claim-filing-indicator-codes", filing)
    }
    return segments(claim_837(claim, resources, EXCHANGE), "HI")


def test_medicare_gets_the_condition_code_of_the_program() -> None:
    assert (("BG", "92"),) in facility("MA")
    assert (("BG", "92"),) not in facility("CI")
    assert [one for one in facility("MA", "41") if one[0][0] == "BG"] == [(("BG", "41"),)]  # type: ignore[index]


def test_line_gets_the_revenue_code_of_its_program() -> None:
    held = scenario("iop-facility").claims
    items = [
        {name: value for name, value in one.items() if name != "revenue"}
        for one in read(held.claims[0], "item")
        if isinstance(one, dict)
    ]
    claim = held.claims[0] | {"item": list[JsonValue](items)}
    lines = segments(claim_837(claim, held.resources, EXCHANGE), "SV2")
    assert {one[0] for one in lines} == {"0906"}
