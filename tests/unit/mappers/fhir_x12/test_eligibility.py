"""270 and 271 both ways: who is asked for what, and every benefit that is answered."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.eligibility_270 import eligibility_question, question
from mappers.fhir_x12.eligibility_271 import answers
from mappers.fhir_x12.eligibility_asked import asked_of
from mappers.fhir_x12.eligibility_response import Asked, eligibility_response
from mappers.fhir_x12.eligibility_writing import Batch, eligibility_answer
from mappers.fhir_x12.extension import EXPRESSION
from mappers.fhir_x12.problem import NotMappable
from mappers.path import JsonObject, read
from mappers.x12.envelope import TransactionSet
from mappers.x12.lexer import STANDARD
from mappers.x12.reader import read as read_x12
from mappers.x12.sets import ELIGIBILITY_270
from mappers.x12.tree import Node, rewritable
from mappers.x12.writer import SetBody, set_segments
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import Case, dependent, subscriber
from tests.unit.mappers.fhir_x12.flat import lines, sample_set, samples
from tests.unit.mappers.fhir_x12.remit import interchange

MOMENT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
CREATED = "2026-11-10T09:00:00Z"
REQUEST: JsonObject = {
    "resourceType": "CoverageEligibilityRequest",
    "id": "q1",
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"reference": "Patient/nora"},
    "created": CREATED,
    "provider": {"reference": "Organization/clinic"},
    "insurer": {"reference": "Organization/plan"},
    "insurance": [{"focal": True, "coverage": {"reference": "Coverage/nora"}}],
}


def answer(body: str) -> TransactionSet:
    """Return a 271 about a subscriber with these segments after the member's name."""
    text = f"""
        ST*271*0001*005010X279A1~BHT*0022*11*B1*20261110*0900~HL*1**20*1~
        NM1*PR*2*Cascade Health Plan*****PI*CHP01~PER*IC*Help*TE*8005550100*UR*www.chp.example~
        HL*2*1*21*1~NM1*1P*2*Harbor*****XX*1999000015~HL*3*2*22*0~TRN*2*T1*9PARITY001~
        NM1*IL*1*Quill*Nora*M**Jr*MI*CHP100200399~{body}
    """
    ((_, _, one),) = read_x12(interchange("HB", "005010X279A1", text)).sets()
    return one


def response(one: TransactionSet, request: JsonObject = REQUEST) -> JsonObject:
    (found,) = answers(one.root)
    return eligibility_response(found, Asked(request, "r1", CREATED))


def again(tree: JsonObject) -> Node:
    reference = str(read(tree, "identifier.value")[0])
    return eligibility_answer(tree, Batch("11", reference, MOMENT))


RICH = (
    "REF*6P*GRP1*Harbor staff~REF*18*P9~N3*9 Pine St*Apt 2~N4*Port Alder*WA*983680001**RJ*X1~"
    "PRV*PC*PXC*2084P0800X~DMG*D8*19900501*F~INS*Y*18*001*25*************2~HI*ABK:F331*ABF:F410~"
    "DTP*346*D8*20260101~DTP*347*D8*20261231~MPI*A*B*C~"
    "EB*1*IND*30*HM*Gold Plan~EB*C*IND*MH^A6*HM**23*500*****Y~EB*C*IND*MH^A6*HM**29*120*****Y~"
    "EB*A*IND*MH*HM****.2****N~EB*F*IND*MH***23***VS*20*Y*W~HSD*VS*20*VS*1*23*1*1*A~"
    "REF*9F*R1~DTP*292*RD8*20260101-20261231~AAA*N**33*C~MSG*Call for authorization~"
    "MSG*Ask twice~III*ZZ*11~III*GR*01*44*Text~LS*2120~NM1*PRP*2*Second Plan*****PI*SEC01~"
    "N3*1 Road~N4*Town*WA*98001~PER*IC**TE*8005550109~PRV*PE*PXC*103T00000X~LE*2120~"
    "EB*B*FAM**HM**27*20****Y*Y*HC:90837:95:::::90838*1:2~EB*I*IND*AI~EB*R~"
)


def test_every_element_of_an_answer_comes_back() -> None:
    one = answer(RICH)
    before, after = (Counter(lines(tree)) for tree in (rewritable(one.root), again(response(one))))
    assert sorted((before - after).elements()) == []
    assert sorted((after - before).elements()) == []


@pytest.mark.parametrize("path", samples("271"), ids=lambda path: path.stem.partition("__")[2])
def test_sample_answers_come_back(path: Path) -> None:
    one = sample_set(path)
    tree = response(one)
    assert Validator(load()).check(tree) == ()
    written = eligibility_answer(
        tree, Batch("11", "10001234", datetime(2006, 5, 1, 13, 19, tzinfo=UTC))
    )
    assert Counter(lines(written)) == Counter(lines(rewritable(one.root)))


@pytest.mark.parametrize("path", samples("270"), ids=lambda path: path.stem.partition("__")[2])
def test_sample_questions_are_read(path: Path) -> None:
    ((asked, request),) = asked_of(sample_set(path).root)
    assert asked.member_id == "11122333301"
    assert read(request, "item.category.coding.code") == ["30"]
    assert read(request, "servicedPeriod.start") == ["2006-05-01"]
    assert asked.traces == ("93175-012547",)


@pytest.fixture(scope="module")
def rich() -> JsonObject:
    return response(answer(RICH))


def items(tree: JsonObject, information: str) -> list[JsonObject]:
    return [
        one
        for one in read(tree, "insurance.item")
        if isinstance(one, dict) and information in read(one, "benefit.type.coding.code")
    ]


def test_answer_is_valid_fhir(rich: JsonObject) -> None:
    assert Validator(load()).check(rich) == ()


def test_each_service_type_of_a_benefit_is_an_item(rich: JsonObject) -> None:
    told = [read(one, "category.coding.code") for one in items(rich, "C")]
    assert told == [["MH"], ["A6"], ["MH"], ["A6"]]


def test_what_is_used_follows_from_the_whole_and_what_remains(rich: JsonObject) -> None:
    whole, _, remaining, _ = items(rich, "C")
    assert read(whole, "benefit.usedMoney.value") == [Decimal("380.00")]
    assert read(remaining, "benefit.allowedMoney.value") == [Decimal("120.00")]
    assert read(remaining, "benefit.usedMoney") == []


def test_what_remains_alone_is_never_called_used() -> None:
    tree = response(answer("EB*C*IND*MH*HM**29*120~"))
    assert read(tree, "insurance.item.benefit.usedMoney") == []


def test_percent_quantity_authorization_and_messages_are_told(rich: JsonObject) -> None:
    assert read(items(rich, "A")[0], "benefit.allowedString") == ["20 %"]
    (limit,) = items(rich, "F")
    assert read(limit, "benefit.allowedUnsignedInt") == [20]
    assert limit["authorizationRequired"] is True
    assert limit["description"] == "Call for authorization Ask twice"
    assert items(rich, "I")[0]["excluded"] is True


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        ("EB*1**30~", [True]),
        ("EB*6**30~", [False]),
        ("EB*1**30~EB*6**MH~", [True]),
        ("EB*1**MH~", []),
        ("EB*C**30***23*5~", []),
        ("EB*1**30~EB*6**30~", []),
    ],
    ids=["active", "inactive", "carved out", "not the plan", "no word", "both"],
)
def test_coverage_is_in_force_where_the_plan_is_said_to_be(
    benefits: str, expected: list[bool]
) -> None:
    assert read(response(answer(benefits)), "insurance.inforce") == expected


def test_asked_service_type_tells_where_nothing_is_said_of_the_plan() -> None:
    asked: JsonObject = {**REQUEST, "item": [{"category": {"coding": [{"code": "MH"}]}}]}
    assert read(response(answer("EB*1**MH~"), asked), "insurance.inforce") == [True]


def test_period_of_the_plan_is_the_benefit_period(rich: JsonObject) -> None:
    assert read(rich, "insurance.benefitPeriod.start") == ["2026-01-01"]
    assert read(rich, "insurance.benefitPeriod.end") == ["2026-12-31"]


def test_rejection_names_the_element_to_correct() -> None:
    tree = response(answer("AAA*N**71*C~"))
    assert tree["outcome"] == "error"
    assert read(tree, "error.code.coding.code") == ["71"]
    assert read(tree, f"error.extension[url={EXPRESSION}].valueString") == ["Patient.birthDate"]
    assert read(tree, "error.code.text") == [
        "the patient's birth date is another one; correct and ask again"
    ]


def asking(case: Case, request: JsonObject) -> Node:
    found = question(request, case.resources, "T1", "9PARITY001", ("30", "MH"))
    return eligibility_question([found], Batch("13", "B1", MOMENT))


def test_subscriber_is_asked_for_by_number_name_and_birth_date() -> None:
    told = list(lines(asking(subscriber(), REQUEST)))
    assert told[1:4] == ["2000A HL*1**20*1", told[2], "2000B HL*2*1*21*1"]
    assert "2000C HL*3*2*22*0" in told
    assert "2000C TRN*1*T1*9PARITY001" in told
    assert "2110C EQ*30^MH" in told
    assert any(one.startswith("2100C DMG*D8*") for one in told)


def test_dependent_is_asked_for_under_the_subscriber() -> None:
    case = dependent()
    request: JsonObject = {
        **REQUEST,
        "patient": case.claim["patient"],
        "provider": case.claim["provider"],
        "insurance": case.claim["insurance"],
        "servicedDate": "2026-11-12",
        "item": [{"productOrService": {"coding": [{"code": "90837"}]}}],
    }
    told = list(lines(asking(case, request)))
    assert "2000C HL*3*2*22*1" in told
    assert "2000D HL*4*3*23*0" in told
    assert "2100D DTP*291*D8*20261112" in told
    assert any(one.startswith("2110D EQ**") and "90837" in one for one in told)


def test_many_are_asked_for_in_one_set_that_its_guide_accepts() -> None:
    case = subscriber()
    made = [question(REQUEST, case.resources, f"T{at}", "9PARITY001", ("30",)) for at in (1, 2)]
    tree = eligibility_question(made, Batch("13", "B1", MOMENT))
    written = set_segments(ELIGIBILITY_270, SetBody("0001", tree), STANDARD)
    assert [one for one in written if one.startswith("HL")] == [
        "HL*1**20*1",
        "HL*2*1*21*1",
        "HL*3*2*22*0",
        "HL*4*2*22*0",
    ]


def test_question_without_a_member_number_is_refused_with_its_element() -> None:
    case = subscriber()
    coverage = {k: v for k, v in case.resources["Coverage/nora"].items() if k != "subscriberId"}
    resources = {**case.resources, "Coverage/nora": coverage}
    with pytest.raises(NotMappable) as refused:
        question(REQUEST, resources, "T1", "9PARITY001", ("30",))
    assert [one.path for one in refused.value.problems] == ["Coverage.subscriberId"]
