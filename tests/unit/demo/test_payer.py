"""The demonstration payer answers truthfully: what it is sent decides, and it adds up."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.payer.answer import answers
from demo.payer.claim import SubmittedClaim, SubmittedLine
from demo.payer.desk import answer_waiting
from demo.payer.policy import FEES, PLANS, Plan, decide
from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.remittance import Remittance, remittance
from mappers.fhir_x12.status_277ca import claim_statuses
from mappers.x12.check import check
from mappers.x12.lexer import Segment
from mappers.x12.reader import read
from mappers.x12.responses import group_response
from tests.unit.mappers.fhir_x12.case import CASES, Case, subscriber

NOW = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)


def answered(data: bytes) -> dict[str, bytes]:
    """Return the answers by the ending of their names."""
    return {one.name.rpartition(".")[2]: one.data for one in answers(data, "a.837", NOW)}


def paid(data: bytes) -> Remittance:
    ((_, _, one),) = read(data).sets()
    return remittance(one.root)


def outcome(data: bytes) -> str:
    ((_, _, one),) = read(data).sets()
    (status,) = claim_statuses(one.root)
    return status.outcome


def unknown_member() -> Case:
    case = subscriber()
    case.resources["Coverage/nora"]["subscriberId"] = "ZZZ1"
    return case


@pytest.mark.parametrize("name", CASES)
def test_answers_are_sound_and_add_up(name: str) -> None:
    told = answered(CASES[name]().written())
    assert set(told) == ({"999", "277"} if name == "void" else {"999", "277", "835"})
    for kind, data in told.items():
        assert check(data, kind).verdict == "accepted", check(data, kind).as_text()
    assert outcome(told["277"]) == "accepted"
    if "835" in told:
        assert imbalances(paid(told["835"])) == ()


def test_same_file_gets_the_same_answers() -> None:
    data = subscriber().written()
    assert answered(data) == answered(data)


def test_unknown_member_is_rejected_and_not_paid() -> None:
    told = answered(unknown_member().written())
    assert outcome(told["277"]) == "rejected"
    assert "835" not in told


def test_broken_file_is_rejected_by_999_and_nothing_else_is_said() -> None:
    told = answered(subscriber().written().replace(b"CLM*CASE1*165.5*", b"CLM*CASE1*abc*"))
    assert set(told) == {"999"}
    ((_, _, one),) = read(told["999"]).sets()
    assert group_response(one).verdict == "R"


def test_an_answer_is_not_answered() -> None:
    told = answered(subscriber().written())
    assert answered(told["999"]) == {}


def test_fee_copay_and_contract_decide_the_payment() -> None:
    told = paid(answered(subscriber().written())["835"])
    (claim,) = told.claims
    assert (claim.paid, claim.patient_share) == (Decimal("92.5"), Decimal(20))
    assert [one.line_control for one in claim.services] == ["CASE1-1", "CASE1-2"]


def test_procedure_without_a_fee_is_denied() -> None:
    case = subscriber()
    for item in case.claim["item"]:  # type: ignore[union-attr]
        assert isinstance(item, dict)
        item["productOrService"] = {"coding": [{"code": "99999"}]}
    (claim,) = paid(answered(case.written())["835"]).claims
    assert (claim.status, claim.is_denial) == ("4", True)
    assert [one.reason for one in claim.every_adjustment()] == ["96", "96"]


charges = st.integers(0, 10**6).map(lambda value: Decimal(value) / 100)
NAME = Segment("NM1", ("NM1",))


@given(
    st.lists(st.tuples(st.sampled_from([*FEES, "99999"]), charges, st.integers(1, 8)), min_size=1),
    st.sampled_from(PLANS),
)
def test_every_decision_adds_up(lines: list[tuple[str, Decimal, int]], plan: Plan) -> None:
    submitted = tuple(
        SubmittedLine(("HC", code), charge, Decimal(units), "", "20261102")
        for code, charge, units in lines
    )
    total = sum((one.charge for one in submitted), Decimal())
    claim = SubmittedClaim("C", total, "11", "1", "CI", "CHP1", NAME, NAME, NAME, submitted)
    decision = decide(claim, plan)
    for one in decision.lines:
        assert one.paid == one.line.charge - sum(amount for _, _, amount in one.adjustments)
        assert one.paid >= 0
    assert decision.paid + decision.share <= total


def test_waiting_files_are_answered_once(tmp_path: Path) -> None:
    outbox, inbox = tmp_path / "out", tmp_path / "in"
    outbox.mkdir()
    (outbox / "a.837").write_bytes(subscriber().written())
    assert answer_waiting(outbox, inbox, NOW) == 1
    assert answer_waiting(outbox, inbox, NOW) == 0
    files = sorted(one.name for one in inbox.iterdir() if one.is_file())
    assert files == ["a.277", "a.835", "a.999"]
