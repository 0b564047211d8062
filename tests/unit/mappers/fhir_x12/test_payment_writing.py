"""835 to FHIR to 835: what came out goes in again, element by element."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.payment_835 import Answered, claim_response, payment_reconciliation
from mappers.fhir_x12.payment_claim_writing import Told
from mappers.fhir_x12.payment_writing import payment_set
from mappers.fhir_x12.remittance import remittance
from mappers.fhir_x12.system import ADJUDICATION
from mappers.path import JsonObject
from mappers.x12.lexer import STANDARD
from mappers.x12.sets import PAYMENT_835
from mappers.x12.tree import LoopNode, Node, rewritable
from mappers.x12.writer import SetBody, set_segments
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import subscriber
from tests.unit.mappers.fhir_x12.flat import lines, sample_set, samples
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, interchange, remit, root

CREATED = "2026-11-10T09:00:00Z"
EVERYTHING = interchange(
    "HP",
    "005010X221A1",
    """
    ST*835*0001~BPR*I*230.85*C*ACH*CTX*01*999999992*DA*123456*1512345678*SUPPLEMEN*01*999988880*DA*98765
    *20261110~TRN*1*T9*1512345678*DIVISION 3~CUR*PR*USD~REF*EV*RECEIVER7~REF*F2*VERSION 2~
    DTM*405*20261109~N1*PR*Cascade Health Plan*XV*CHP01~N3*1 Plaza*Floor 2~
    N4*Port Alder*WA*983680001*US~REF*2U*CHP01-2~REF*NF*12345~
    PER*CX*Claims*TE*8005550100*EX*12*FX*8005550101~PER*BL*Desk*EM*desk@cascade.example~
    PER*IC**UR*www.cascade.example~N1*PE*Harbor*XX*1999000015~N3*5 Pier~N4*Port Alder*WA*98368~
    REF*TJ*911234567~REF*PQ*778~RDM*FT*Harbor*ftp.harbor.example~
    LX*1~TS3*1999000015*11*20261231*1*250****200**50~TS2*100*90**1*2.5*3~
    CLP*CASE1*1*165.5*92.5*20*12*P77*11*1**521*1.25*0.5~
    NM1*QC*1*Quill*Nora*M**Jr*MI*CHP100200399~NM1*IL*1*Quill*Owen****MI*CHP100200399~
    NM1*74*1*Quill*Norah****C*CHP100200400~NM1*82*1*Ames*Ida****XX*1999000023~
    NM1*TT*2*Evergreen Plan*****PI*EVM01~NM1*PR*2*Harbor Plan*****PI*HPL01~NM1*GB*1*Quill*Owen~
    MIA*3*1*2*200.5*MA01*1.5*2**3*4*5*6*7*8*9*10*11*12*13*MA02*MA03*MA04*MA05*14~
    MOA*0.8*20*MA18*N22*N30*MA130*MA67*5*6~
    REF*1L*GROUP1~REF*G1*AUTH77~REF*EA*MRN1~REF*0B*LIC1~REF*G2*PROV2~
    DTM*232*20261101~DTM*233*20261102~DTM*036*20261231~DTM*050*20261103~
    PER*CX*Appeals*TE*8005550102~AMT*AU*110~AMT*I*1.25~AMT*F5*5~QTY*CA*8~QTY*CD*2~
    SVC*HC:90834:95:HO:U1:GT:45 MIN*145*78.4*0914*1*HC:90837:95*2~DTM*150*20261101~DTM*151*20261102~
    CAS*CO*45*40*1*253*3.6**A2*3~CAS*PR*3*20~REF*LU*11~REF*BB*AUTH1~REF*6R*CASE1-1~REF*HPI*1999000023~
    REF*0K*POLICY9~AMT*B6*98.4~AMT*KH*1~QTY*ZK*1.5~LQ*HE*N130~LQ*HE*M15~LQ*RX*70~
    SVC*HC:90785*20.5*14.1**1~DTM*472*20261102~CAS*CO*45*6.4~REF*6R*CASE1-2~LQ*HE*N130~
    LX*2~TS3*1999000015*13*20261231*1*165.5~
    CLP*ELSE2*19*165.5*150**MB*P78~CAS*OA*23*15.5~NM1*QC*1*Ash*Ben~
    PLB*1999000015*20261231*WO:P70*12.5*L6*-1.25*FB:T8*0.4~PLB*1999000023*20261231*CS:X*0~
    """,
)


def both(root: LoopNode) -> tuple[JsonObject, dict[str, JsonObject], Node]:
    """Return the resources of a set, none of its claims known, and the set they give again."""
    facts = remittance(root)
    answered = [Answered(one, None, f"r{one.number}") for one in facts.claims]
    responses = {one.response_id: claim_response(facts, one, CREATED) for one in answered}
    whole = payment_reconciliation(facts, answered, "p", CREATED)
    return whole, responses, payment_set(whole, Told(responses))


def differences(root: LoopNode) -> tuple[list[str], list[str]]:
    """Return the segments that were lost and those that were not there."""
    before = Counter(lines(rewritable(root)))
    after = Counter(lines(both(root)[2]))
    return sorted((before - after).elements()), sorted((after - before).elements())


def test_every_element_of_a_remittance_comes_back() -> None:
    assert imbalances(remittance(root(EVERYTHING))) == ()
    assert differences(root(EVERYTHING)) == ([], [])


def test_everything_is_valid_fhir() -> None:
    validator = Validator(load())
    whole, responses, _ = both(root(EVERYTHING))
    assert validator.check(whole) == ()
    assert [validator.check(one) for one in responses.values()] == [(), ()]


def test_what_is_written_is_read_as_the_same_resources() -> None:
    whole, responses, tree = both(root(EVERYTHING))
    written = "~".join(set_segments(PAYMENT_835, SetBody("0001", tree), STANDARD)[:-1]) + "~"
    again = both(root(interchange("HP", "005010X221A1", written)))
    assert (again[0], again[1]) == (whole, responses)


LOST = {  # what R4 cannot hold of the samples, with the reason
    "managed-care": "BPR16 20002316 is no day",
    "cob-contractural-adjustment": "BPR16 is not stated: the day of DTM*405 stands for it",
    "secondary-payment": "BPR16 is not stated: the day of DTM*405 stands for it",
    "tertiary-payment": "SVC names no procedure: only its CAS is read, the segment is kept as text",
}


@pytest.mark.parametrize("path", samples("835"), ids=lambda path: path.stem.partition("__")[2])
def test_samples_come_back(path: Path) -> None:
    lost, added = differences(sample_set(path).root)
    name = path.stem.partition("__")[2]
    if name in LOST:
        assert [one.split("*")[0] for one in added if "SVC" not in one] == ["835 BPR"]
        kept = {"835 BPR", "2110 SVC", "2110 DTM", "2110 CAS", "2110 REF", "2110 AMT"}
        assert {one.split("*")[0] for one in lost} <= kept
    else:
        assert (lost, added) == ([], [])


@pytest.mark.parametrize(
    ("claims", "paid"),
    [(PAID, "92.5"), (DENIED, "0"), (REVERSED + PAID, "0")],
    ids=["paid", "denied", "corrected"],
)
def test_responses_of_known_claims_come_back_too(claims: str, paid: str) -> None:
    tree = root(remit(claims, paid))
    facts, claim = remittance(tree), subscriber().claim
    answered = [Answered(one, claim, f"r{one.number}") for one in facts.claims]
    responses = {one.response_id: claim_response(facts, one, CREATED) for one in answered}
    whole = payment_reconciliation(facts, answered, "p", CREATED)
    assert Counter(lines(payment_set(whole, Told(responses)))) == Counter(lines(rewritable(tree)))


def test_response_of_a_payers_own_system_is_written_by_the_items_of_its_claim() -> None:
    claim = subscriber().claim
    money: JsonObject = {"value": Decimal("145.00"), "currency": "USD"}

    def of(code: str) -> JsonObject:
        coding: JsonObject = {"system": ADJUDICATION, "code": code}
        return {"category": {"coding": [coding]}, "amount": money}

    response: JsonObject = {
        "resourceType": "ClaimResponse",
        "request": {"reference": "Claim/case1"},
        "patient": {"reference": "Patient/nora"},
        "identifier": [
            {"system": "https://parity.example/fhir/NamingSystem/payer-claim-number", "value": "P1"}
        ],
        "item": [{"itemSequence": 1, "adjudication": [of("submitted"), of("benefit")]}],
        "total": [of("submitted"), of("benefit")],
        "payment": {"amount": money},
    }
    whole: JsonObject = {
        "paymentAmount": money,
        "paymentDate": "2026-11-10",
        "paymentIdentifier": {"value": "T1"},
        "paymentIssuer": {"display": "Cascade", "identifier": {"value": "1999999999"}},
        "requestor": {"identifier": {"value": "1999000015"}},
        "detail": [{"response": {"reference": "ClaimResponse/a"}, "amount": money}],
    }
    resources: dict[str, JsonObject] = {
        "Claim/case1": claim,
        "Patient/nora": {"name": [{"family": "Quill"}]},
    }
    written = list(lines(payment_set(whole, Told({"a": response}, resources))))
    assert "835 BPR*I*145*C*CHK************20261110" in written
    assert "2100 CLP*CASE1*1*145*145**CI*P1" in written
    assert "2100 NM1*QC*1*Quill" in written
    assert [one for one in written if "SVC" in one] == ["2110 SVC*HC:90834*145*145"]
