"""A claim as bytes: the partner's own envelope, and every reason for a refusal at once."""

from dataclasses import replace

import pytest

from fhir_server.billing.emission import emit, payer_id, unaddressed
from fhir_server.outcome import Invalid, Issue
from fhir_server.store.partners import Delimiters, Partner, Party
from mappers.x12.reader import read
from tests.integration.billing.practice import CASCADE, now
from tests.unit.mappers.fhir_x12.case import Case, subscriber


def refused(case: Case, partner: Partner = CASCADE) -> tuple[Issue, ...]:
    with pytest.raises(Invalid) as caught:
        emit(case.claim, case.resources, partner, 7, now())
    return caught.value.issues


def emitted(partner: Partner, control: int = 7) -> bytes:
    case = subscriber()
    return emit(case.claim, case.resources, partner, control, now())


def test_envelope_is_the_partners() -> None:
    own = Party("111222333", "30", "HARBOR", "Harbor Billing")
    partner = replace(CASCADE, own=own, usage="P", other=Party("999", "28", "CLEAR"))
    (interchange,) = read(emitted(partner, 42)).interchanges
    header, group = interchange.header, interchange.groups[0].header
    assert (header.sender_qualifier, header.sender) == ("30", "111222333")
    assert (header.receiver_qualifier, header.receiver) == ("28", "999")
    assert (header.control, header.usage) == ("000000042", "P")
    assert (group.sender, group.receiver, group.control) == ("HARBOR", "CLEAR", "42")
    assert b"NM1*41*2*Harbor Billing*****46*111222333~" in emitted(partner)
    assert b"BHT*0019*00*000000042*" in emitted(partner, 42)


def test_delimiters_are_the_partners() -> None:
    marks = Delimiters("|", "^", ">", "\n")
    data = emitted(replace(CASCADE, delimiters=marks))
    assert b"SV1|HC>90834|145|UN|1|||1\n" in data


def test_delimiter_in_an_identifier_is_refused_and_not_repaired() -> None:
    case = subscriber()
    case.resources["Coverage/nora"]["subscriberId"] = "CHP*1"
    (issue,) = refused(case)
    assert issue.expression == "Claim.insurance.coverage"
    assert "CHP*1" not in issue.diagnostics


def test_every_reason_is_told_at_once() -> None:
    case = subscriber()
    del case.resources["Coverage/nora"]["subscriberId"]
    case.claim["total"] = {"value": 1}
    del case.claim["diagnosis"]
    told = {(one.expression, one.detail) for one in refused(case)}
    assert {
        ("Coverage.subscriberId", "x12-missing"),
        ("Claim.total", "claim-total"),
        ("Claim.diagnosis", "x12-missing"),
    } <= told


def test_payer_is_the_one_of_the_coverage() -> None:
    case = subscriber()
    assert payer_id(case.claim, case.resources) == "CHP01"
    del case.resources["Organization/plan"]
    assert payer_id(case.claim, case.resources) == ""


@pytest.mark.parametrize("payer", ["", "X", "CHP01", "A" * 40])
def test_claim_can_be_shown_without_a_partner(payer: str) -> None:
    assert emitted(unaddressed(payer)).startswith(b"ISA*")
