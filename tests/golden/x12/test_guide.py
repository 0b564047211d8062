"""One full example of each guide, and one more for each main defect of it.

The examples are ours: synthetic people, a segment a line.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from mappers.x12.check import check
from mappers.x12.explain import explain
from mappers.x12.reader import read
from mappers.x12.sets import GUIDES, guide_of
from mappers.x12.tree import rewritable
from mappers.x12.writer import SetBody, set_segments

FOLDER = Path(__file__).parent / "guides"
KINDS = {
    "claim.837p": "837P",
    "claim.837i": "837I",
    "stay.837i": "837I",
    "claim.837d": "837D",
    "remittance.835": "835",
    "question.270": "270",
    "answer.271": "271",
    "refused.271": "271",
    "question.276": "276",
    "answer.277": "277",
    "status.277ca": "277CA",
    "request.278": "278-request",
    "response.278": "278-response",
    "refused.278": "278-response",
    "inquiry.278": "278-inquiry",
    "inquiry-response.278": "278-inquiry-response",
    "paper.275": "275",
    "paper-6020.275": "275-6020",
    "acknowledgment.999": "999",
    "premium.820": "820",
    "enrollment.834": "834",
}


def example(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_every_guide_has_an_example_and_every_example_is_tested() -> None:
    assert set(KINDS.values()) == {guide.kind for guide in GUIDES}
    assert set(KINDS) == {one.name for one in FOLDER.iterdir()}


@pytest.mark.parametrize("name", KINDS)
def test_example_is_accepted_by_its_guide_and_by_the_rules(name: str) -> None:
    report = check(example(name), name)
    assert [(one.id, one.place) for one in report.findings] == []
    assert next(read(example(name)).sets())[2].kind == KINDS[name]


@pytest.mark.parametrize("name", KINDS)
def test_example_is_emitted_written_again_and_explained(name: str) -> None:
    document = read(example(name))
    assert document.emit() == example(name)
    interchange, _, one = next(document.sets())
    guide = guide_of(one.kind)
    assert guide is not None
    again = set_segments(guide, SetBody("0001", rewritable(one.root)), interchange.delimiters)
    assert again == [segment.body for segment in one.segments]
    assert all(f" {segment.id} " in explain(example(name), name) for segment in one.segments)


@dataclass(frozen=True)
class Defect:
    """What is changed in an example, and the finding that must tell it."""

    example: str
    name: str
    old: str
    new: str
    finding: str
    place: str


DEFECTS = (
    Defect(
        "claim.837p",
        "no service date",
        "DTP*472*D8*20260301~\nREF*6R*LINE1",
        "REF*6R*LINE1",
        "segment-missing",
        "2400 DTP",
    ),
    Defect(
        "claim.837p", "bill type for place", "11:B:1", "131:A:1", "element-code", "2300 CLM05-2"
    ),
    Defect("claim.837i", "place for bill type", "13:A:1", "13:B:1", "element-code", "2300 CLM05-2"),
    Defect(
        "claim.837i",
        "no statement dates",
        "DTP*434*RD8*20260302-20260306~\n",
        "",
        "segment-missing",
        "2300 DTP",
    ),
    Defect(
        "claim.837i", "no admission segment", "CL1*3*1*30~\n", "", "segment-missing", "2300 CL1"
    ),
    Defect(
        "claim.837i", "no principal diagnosis", "HI*ABK:F332~\n", "", "segment-missing", "2300 HI"
    ),
    Defect(
        "claim.837i",
        "one day for statement dates",
        "434*RD8*20260302-20260306",
        "434*D8*20260302",
        "element-code",
        "2300 DTP02",
    ),
    Defect(
        "stay.837i",
        "present on admission",
        "ABK:F332:::::::Y",
        "ABK:F332:::::::Q",
        "element-code",
        "2300 HI01-9",
    ),
    Defect(
        "stay.837i",
        "occurrence span is one day",
        "BI:71:RD8:20260101-20260105",
        "BI:71:D8:20260101",
        "element-code",
        "2300 HI01-3",
    ),
    Defect(
        "stay.837i", "value without amount", "BE:80:::5", "BE:80", "element-missing", "2300 HI01-5"
    ),
    Defect(
        "claim.837d",
        "medical procedure",
        "SV3*AD:D2160",
        "SV3*HC:D2160",
        "element-code",
        "2400 SV301-1",
    ),
    Defect(
        "claim.837d",
        "no dental service",
        "SV3*AD:D7140*100**10**1~\n",
        "",
        "segment-missing",
        "2400 SV3",
    ),
    Defect(
        "claim.837d", "tooth without list", "TOO*JP*13", "TOO**13", "element-missing", "2400 TOO01"
    ),
    Defect(
        "remittance.835",
        "no payment method",
        "BPR*I*115*C*ACH",
        "BPR*I*115*C*",
        "element-missing",
        "835 BPR04",
    ),
    Defect(
        "remittance.835",
        "no payee",
        "N1*PE*RIVER CLINIC*XX*1234567893~\n",
        "",
        "segment-missing",
        "1000B N1",
    ),
    Defect(
        "remittance.835",
        "claim status",
        "CLP*CLAIM1*1*",
        "CLP*CLAIM1*7*",
        "element-code",
        "2100 CLP02",
    ),
    Defect(
        "question.270", "asks nothing", "EQ*30^MH^AI", "EQ****X", "element-condition", "2110C EQ01"
    ),
    Defect(
        "question.270",
        "no information receiver",
        "NM1*1P*2*RIVER CLINIC*****XX*1234567893~\n",
        "",
        "segment-missing",
        "2100B NM1",
    ),
    Defect(
        "question.270",
        "asks of two things at once",
        "EQ**HC:90837:95",
        "EQ**HC:90837:95:AA:BB:CC:DD",
        "element-not-used",
        "2110D EQ02-7",
    ),
    Defect(
        "answer.271",
        "unknown kind of benefit",
        "EB*I**BB",
        "EB*ZZ**BB",
        "element-code",
        "2110C EB01",
    ),
    Defect(
        "answer.271",
        "quantity without its kind",
        "**VS*30",
        "***30",
        "element-condition",
        "2110C EB09",
    ),
    Defect(
        "refused.271",
        "refused without a reason",
        "AAA*N**75*C",
        "AAA*N***C",
        "element-missing",
        "2100C AAA03",
    ),
    Defect("question.276", "no trace", "TRN*1*STAT1A~\n", "", "segment-missing", "2200D TRN"),
    Defect(
        "question.276",
        "answer's trace",
        "TRN*1*STAT1B",
        "TRN*2*STAT1B",
        "element-code",
        "2200E TRN01",
    ),
    Defect(
        "answer.277",
        "no status",
        "STC*P1:20*20260303**150*0******R0:123~\n",
        "",
        "segment-missing",
        "2200E STC",
    ),
    Defect(
        "answer.277",
        "line without a date",
        "REF*FJ*LINE1~\nDTP*472*D8*20260301~\n",
        "REF*FJ*LINE1~\n",
        "segment-missing",
        "2220D DTP",
    ),
    Defect(
        "status.277ca",
        "no status of the batch",
        "STC*A1:19:PR*20260305*WQ*420~\n",
        "",
        "segment-missing",
        "2200B STC",
    ),
    Defect(
        "status.277ca",
        "unknown action",
        "*20260305*WQ*270",
        "*20260305*XX*270",
        "element-code",
        "2200D STC03",
    ),
    Defect("request.278", "no request", "UM*AR*I*MH*51:B**U~\n", "", "segment-missing", "2000E UM"),
    Defect(
        "request.278",
        "a decision in a request",
        "REF*NT*ADMIN1",
        "HCR*A1*AUTH1",
        "segment-unexpected",
        "2000E HCR",
    ),
    Defect(
        "request.278",
        "kind of request",
        "UM*AR*I*MH*51",
        "UM*ZZ*I*MH*51",
        "element-code",
        "2000E UM01",
    ),
    Defect(
        "request.278",
        "no member id",
        "NM1*IL*1*DOE*JO****MI*MEMBER1",
        "NM1*IL*1*DOE*JO",
        "element-missing",
        "2010C NM108",
    ),
    Defect(
        "response.278",
        "unknown decision",
        "HCR*A2*AUTH100",
        "HCR*Z9*AUTH100",
        "element-code",
        "2000E HCR01",
    ),
    Defect(
        "response.278",
        "date of issue is a period",
        "DTP*102*D8*20260304",
        "DTP*102*RD8*20260304-20260305",
        "element-code",
        "2000E DTP02",
    ),
    Defect(
        "inquiry.278",
        "no reviewer",
        "NM1*X3*2*ACME HEALTH*****PI*ACME1~\n",
        "",
        "segment-missing",
        "2010A NM1",
    ),
    Defect(
        "inquiry-response.278",
        "impossible date",
        "472*D8*20260305",
        "472*D8*20260335",
        "element-date",
        "2000F DTP03",
    ),
    Defect("paper.275", "no control number", "TRN*1*ACN1~\n", "", "segment-missing", "2000A TRN"),
    Defect(
        "paper.275", "wrong length", "BIN*30*", "BIN*29*", "element-binary-length", "2110A BIN01"
    ),
    Defect(
        "paper-6020.275", "unknown encoding", "BDS*B64*", "BDS*GZP*", "element-code", "2110A BDS01"
    ),
    Defect(
        "acknowledgment.999",
        "no verdict on the group",
        "AK9*P*2*2*1~\n",
        "",
        "segment-missing",
        "999 AK9",
    ),
    Defect(
        "acknowledgment.999", "unknown verdict", "IK5*R*5", "IK5*Q*5", "element-code", "2000 IK501"
    ),
    Defect(
        "premium.820",
        "no payer",
        "N1*PR*RIVER FOUNDRY*FI*987654321~\nPER*IC*PAYROLL*TE*2175550155~\n",
        "",
        "segment-missing",
        "1000B N1",
    ),
    Defect(
        "premium.820",
        "reason of an adjustment",
        "ADX*-50*52",
        "ADX*-50*99",
        "element-code",
        "2200A ADX02",
    ),
    Defect(
        "enrollment.834",
        "no subscriber number",
        "REF*0F*MEMBER1~\n",
        "",
        "segment-missing",
        "2000 REF",
    ),
    Defect(
        "enrollment.834",
        "no coverage date",
        "DTP*348*D8*20260301~\n",
        "",
        "segment-missing",
        "2300 DTP",
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: f"{one.example} {one.name}")
def test_defect_of_an_example_is_told_at_its_place(defect: Defect) -> None:
    text = example(defect.example).decode("latin-1")
    assert text.count(defect.old) >= 1
    data = text.replace(defect.old, defect.new, 1).encode("latin-1")
    found = [(one.id, one.place) for one in check(data, defect.example).findings]
    assert (defect.finding, defect.place) in found
    assert read(data).emit() == data
