"""The payer behaves as its scenario says, and what it sends is sound and adds up all the same."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from demo.payer.answer import answers
from demo.payer.asked import answer
from demo.payer.scenario import Scenario, read_scenario, scenario_of
from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.remittance import remittance
from mappers.fhir_x12.status_277ca import claim_statuses
from mappers.x12.check import check
from mappers.x12.reader import read
from mappers.x12.responses import group_response
from tests.unit.mappers.fhir_x12.case import subscriber

NOW = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
GUIDES = Path(__file__).parents[2] / "golden" / "x12" / "guides"


def answered(*rules: object, scenario: Scenario | None = None) -> dict[str, bytes]:
    """Return the answers to one claim by name."""
    told = answers(subscriber().written(), "a.837", NOW, scenario or scenario_of(list(rules)))
    return {one.name: one.data for one in told}


def payments(data: bytes) -> list[tuple[str, Decimal]]:
    """Return status and payment of each claim of a remittance that adds up."""
    assert check(data, "835").verdict == "accepted", check(data, "835").as_text()
    ((_, _, one),) = read(data).sets()
    facts = remittance(one.root)
    assert imbalances(facts) == ()
    return [(each.status, each.paid or Decimal()) for each in facts.claims]


def test_set_is_refused_where_the_scenario_says() -> None:
    told = answered({"acknowledge": {"segment": "CLM", "element": 5, "code": "7"}})
    assert set(told) == {"a.999"}
    ((_, _, one),) = read(told["a.999"]).sets()
    (response,) = group_response(one).sets
    assert response.verdict == "R"
    assert [(each.segment, each.element, each.element_code) for each in response.errors] == [
        ("CLM", 5, "7")
    ]


@pytest.mark.parametrize(
    ("status", "outcome"), [("A7:453:85", "rejected"), ("P1:20:PR", "pending")]
)
def test_claim_is_rejected_or_waits_and_is_not_paid(status: str, outcome: str) -> None:
    told = answered({"status": status})
    assert set(told) == {"a.999", "a.277"}
    ((_, _, one),) = read(told["a.277"]).sets()
    assert [each.outcome for each in claim_statuses(one.root)] == [outcome]
    assert check(told["a.277"], "277").verdict == "accepted"


def test_rule_holds_for_so_many_submissions() -> None:
    scenario = scenario_of([{"status": "A7:164:IL", "times": 1}])
    assert set(answered(scenario=scenario)) == {"a.999", "a.277"}
    assert set(answered(scenario=scenario)) == {"a.999", "a.277", "a.835"}


def test_line_is_denied_then_reversed_and_corrected() -> None:
    told = answered({"deny": {"2": ["CO", "197", "N54"]}, "reverse": True})
    ((status, first),) = payments(told["a.835"])
    (back, taken), (again, last) = payments(told["a-corrected.835"])
    assert (status, back, again) == ("1", "22", "1")
    assert taken == -first
    assert last > first


def test_whole_claim_is_denied() -> None:
    assert payments(answered({"deny": {"*": ["CO", "29"]}})["a.835"]) == [("4", Decimal())]


def test_line_is_paid_by_amount() -> None:
    ((_, plain),) = payments(answered()["a.835"])
    ((_, less),) = payments(answered({"allow": {"1": "50.00"}})["a.835"])
    assert less < plain


def test_money_is_taken_back() -> None:
    told = answered({"takeback": "30.00"})["a.835"]
    payments(told)
    assert b"PLB*" in told
    assert b"*WO:" in told
    payments(answered({"takeback": "3000.00"})["a.835"])


@pytest.mark.parametrize("how", ["truncated", "nonsense"])
def test_payment_is_spoilt(how: str) -> None:
    data = answered({"malformed": how})["a.835"]
    assert check(data, "835").verdict == "rejected"


def test_silent_payer_answers_nothing() -> None:
    assert answered({"silent": True}) == {}


def test_rules_go_by_pattern_and_the_first_wins() -> None:
    rules = [{"claim": "NOBODY*", "silent": True}, {"member": "CHP*", "status": "P1:20:PR"}]
    assert set(answered(*rules, {"silent": True})) == {"a.999", "a.277"}


def test_file_that_is_no_scenario_is_told(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"rules": [{"times": "often"}]}')
    with pytest.raises(SystemExit, match=r"s\.json: .*times"):
        read_scenario(tmp_path / "s.json")
    with pytest.raises(SystemExit):
        read_scenario(tmp_path / "absent.json")


def question(name: str, member: str = "CHP1") -> bytes:
    data = (GUIDES / name).read_bytes()
    return data.replace(b"MEMBER1", member.encode())


def asked(name: str, *rules: object, member: str = "CHP1") -> str:
    """Return the answer to a question, which is sound."""
    told = answer(question(name, member), NOW, scenario_of(list(rules)))
    assert told is not None
    assert check(told, name).verdict != "rejected", check(told, name).as_text()
    return told.decode()


QUESTIONS = sorted(
    one.name
    for one in GUIDES.iterdir()
    if one.suffix in {".270", ".276"} or one.name in {"request.278", "inquiry.278"}
)


@pytest.mark.parametrize("name", QUESTIONS)
def test_questions_are_answered(name: str) -> None:
    told = asked(name)
    kind = name.rpartition(".")[2]
    assert {"270": "ST*271*", "276": "ST*277*", "278": "ST*278*"}[kind] in told


def test_member_that_is_not_known_is_told() -> None:
    name = next(one for one in QUESTIONS if one.endswith("270"))
    assert "AAA*N**75*C" in asked(name, member="ZZZ1")
    assert "AAA*N**75*C" in asked(name, {"eligible": False})
    assert "EB*1**30" in asked(name)


def test_review_is_decided_as_the_scenario_says() -> None:
    assert "HCR*A1*AUTH" in asked("request.278")
    assert "HCR*A4~" in asked("request.278", {"review": "A4"})


def test_what_is_no_question_gets_an_acknowledgment_or_nothing() -> None:
    assert answer(b"hello", NOW, Scenario()) is None
    told = answer(subscriber().written(), NOW, Scenario())
    assert told is not None
    assert b"ST*999*" in told
