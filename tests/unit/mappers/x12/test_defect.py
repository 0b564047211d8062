"""Every defect of the bad-input matrix: one file, one defect, the finding it must give."""

from dataclasses import dataclass

import pytest

from mappers.x12.check import check
from mappers.x12.findings import Finding
from tests.unit.mappers.x12.example import BILLING_NPI, claim_file, remittance_file

CLAIM = claim_file()
REMITTANCE = remittance_file()


@dataclass(frozen=True)
class Defect:
    """A change of a sound file, and the finding and verdict it must give."""

    name: str
    data: bytes
    finding: str
    place: str = ""
    code: str = ""
    verdict: str = "rejected"


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return the data with the one occurrence replaced, and SE01 kept right."""
    assert data.count(old) == 1, old
    broken = data.replace(old, new)
    difference = new.count(b"~") - old.count(b"~")
    count = int(data.split(b"~SE*")[1].split(b"*")[0])
    return broken.replace(b"~SE*%d*" % count, b"~SE*%d*" % (count + difference))


DEFECTS = (
    Defect("wrong SE01", CLAIM.replace(b"SE*26*", b"SE*27*"), "set-segment-count", "SE01", "4"),
    Defect("SE01 no number", CLAIM.replace(b"SE*26*", b"SE*xx*"), "set-segment-count", "SE01", "4"),
    Defect("SE02", CLAIM.replace(b"*0001~GE", b"*0002~GE"), "set-control-mismatch", "SE02", "3"),
    Defect("truncated in a segment", CLAIM[:600], "file-truncated"),
    Defect("truncated between", CLAIM[: CLAIM.index(b"LX*1")], "set-trailer-missing", "", "2"),
    Defect("no GE", CLAIM[: CLAIM.index(b"GE*1")], "group-trailer-missing", "", "3"),
    Defect("no IEA", CLAIM[: CLAIM.index(b"IEA*1")], "interchange-trailer-missing", "", "023"),
    Defect(
        "ISA width", CLAIM.replace(b"PAYER          ", b"PAYER"), "interchange-header-width", "ISA"
    ),
    Defect(
        "ISA control",
        CLAIM.replace(b"*000000007*", b"*00000000A*", 1),
        "interchange-header-element",
        "ISA13",
        "018",
    ),
    Defect(
        "IEA control",
        CLAIM.replace(b"*000000007~", b"*000000008~"),
        "interchange-control-mismatch",
        "IEA02",
        "001",
    ),
    Defect(
        "IEA count", CLAIM.replace(b"IEA*1", b"IEA*2"), "interchange-group-count", "IEA01", "021"
    ),
    Defect(
        "GE control", CLAIM.replace(b"GE*1*5", b"GE*1*6"), "group-control-mismatch", "GE02", "4"
    ),
    Defect("GE count", CLAIM.replace(b"GE*1*5", b"GE*2*5"), "group-set-count", "GE01", "5"),
    Defect("GS01", CLAIM.replace(b"GS*HC", b"GS*HP"), "group-function", "ST", "1"),
    Defect("ST01", CLAIM.replace(b"ST*837", b"ST*835"), "set-id", "ST", "1"),
    Defect(
        "unknown segment", changed(CLAIM, b"~LX*1~", b"~QQQ*1~LX*1~"), "segment-unknown", "", "1"
    ),
    Defect(
        "unexpected segment",
        changed(CLAIM, b"~LX*1~", b"~CLP*1~LX*1~"),
        "segment-unexpected",
        "",
        "2",
    ),
    Defect("CLM05-2", CLAIM.replace(b"10:B:1", b"10:Z:1"), "element-code", "2300 CLM05-2", "7"),
    Defect(
        "impossible date",
        CLAIM.replace(b"D8*20260301", b"D8*20260231"),
        "element-date",
        "2400 DTP03",
        "8",
    ),
    Defect(
        "leap day of no leap year",
        CLAIM.replace(b"19800229", b"19810229"),
        "element-date",
        "2010BA DMG02",
        "8",
    ),
    Defect("time", CLAIM.replace(b"*1030*CH", b"*2530*CH"), "element-time", "837 BHT05", "9"),
    Defect(
        "no payer",
        changed(CLAIM, b"NM1*PR*2*ACME HEALTH*****PI*ACME1~", b""),
        "segment-missing",
        "2010BB NM1",
        "3",
    ),
    Defect(
        "no HI",
        changed(CLAIM, b"HI*ABK:F331*ABF:F411~", b""),
        "segment-missing",
        "2300 HI",
        "3",
    ),
    Defect(
        "non-ASCII letter",
        CLAIM.replace(b"RIVERA", b"RIV\xc3\x89RA"),
        "element-character",
        "2310B NM103",
        "6",
    ),
    Defect(
        "byte order mark",
        b"\xef\xbb\xbf" + CLAIM,
        "byte-order-mark",
        verdict="accepted-with-errors",
    ),
    Defect(
        "indented segments",
        CLAIM.replace(b"~NM1", b"~  NM1"),
        "segment-indented",
        verdict="accepted-with-errors",
    ),
    Defect(
        "no ISA",
        CLAIM[CLAIM.index(b"GS*") : CLAIM.index(b"IEA*")],
        "interchange-header-missing",
    ),
    Defect(
        "lines do not sum",
        CLAIM.replace(b"*150***10", b"*151***10"),
        "claim-charge-balance",
        "2300 CLM02",
    ),
    Defect(
        "NPI check digit",
        CLAIM.replace(BILLING_NPI.encode(), b"1234567890"),
        "npi-check-digit",
        "2010AA NM109",
    ),
    Defect(
        "pointer to no diagnosis",
        CLAIM.replace(b"UN*1***1~", b"UN*1***1:3~"),
        "diagnosis-pointer",
        "2400 SV107-2",
    ),
    Defect(
        "CLM01 of 50",
        CLAIM.replace(b"CLM*CLAIM1", b"CLM*" + b"C" * 50),
        "element-too-long",
        "2300 CLM01",
        "5",
    ),
    Defect(
        "CLM01 of 21",
        CLAIM.replace(b"CLM*CLAIM1", b"CLM*" + b"C" * 21),
        "claim-number-length",
        "2300 CLM01",
        verdict="accepted-with-errors",
    ),
    Defect(
        "unsupported GS08",
        CLAIM.replace(b"005010X222A1", b"005010X299A1"),
        "guide-not-loaded",
        "ST",
        "2",
        verdict="accepted-with-errors",
    ),
    Defect(
        "trailing empty elements",
        CLAIM.replace(b"N3*2 RIVER RD~", b"N3*2 RIVER RD**~"),
        "element-trailing",
        "2010AA N303",
        "3",
        verdict="accepted-with-errors",
    ),
    Defect(
        "ICD-10 nonsense", CLAIM.replace(b"ABK:F331", b"ABK:FFF1"), "diagnosis-form", "2300 HI01-2"
    ),
    Defect(
        "replacement without F8",
        CLAIM.replace(b"10:B:1", b"10:B:7"),
        "replaced-claim-number",
        "2300 CLM05-3",
    ),
    Defect(
        "too many elements",
        CLAIM.replace(b"N3*2 RIVER RD~", b"N3*2 RIVER RD*A*B~"),
        "element-too-many",
        "2010AA N303",
        "3",
    ),
    Defect(
        "repeated segment",
        changed(CLAIM, b"~REF*6R*LINE1~", b"~REF*6R*LINE1~REF*6R*LINE1~"),
        "segment-too-often",
        "2400 REF",
        "5",
    ),
    Defect(
        "segments out of order",
        changed(
            CLAIM, b"~DTP*472*D8*20260301~REF*6R*LINE1~", b"~REF*6R*LINE1~DTP*472*D8*20260301~"
        ),
        "segment-order",
        "2400 DTP",
        "7",
        verdict="accepted-with-errors",
    ),
    Defect(
        "element the guide does not use",
        CLAIM.replace(b"*Y*A*Y*Y~", b"*Y*A*Y*Y****X~"),
        "element-not-used",
        "2300 CLM13",
        "I10",
        verdict="accepted-with-errors",
    ),
    Defect(
        "half of a pair",
        CLAIM.replace(b"*MI*MEMBER1~", b"*MI~"),
        "element-condition",
        "2010BA NM108",
        "2",
    ),
    Defect(
        "wrong parent level",
        CLAIM.replace(b"HL*2*1*22", b"HL*2*7*22"),
        "level-sequence",
        "2000B HL02",
        "7",
    ),
    Defect(
        "835 line out of balance",
        REMITTANCE.replace(b"CAS*CO*45*20", b"CAS*CO*45*21"),
        "line-payment-balance",
        "2110 SVC03",
    ),
    Defect(
        "835 claim out of balance",
        REMITTANCE.replace(b"*1*150*120*10*12", b"*1*150*121*10*12"),
        "claim-payment-balance",
        "2100 CLP04",
    ),
    Defect(
        "835 payment out of balance",
        REMITTANCE.replace(b"BPR*I*115", b"BPR*I*115.01"),
        "payment-balance",
        "835 BPR02",
    ),
    Defect(
        "835 no payer contact",
        changed(REMITTANCE, b"PER*BL*EDI DESK*TE*2175550199~", b""),
        "segment-missing",
        "1000A PER",
        "3",
        verdict="accepted-with-errors",
    ),
    Defect(
        "835 bad date",
        REMITTANCE.replace(b"*20260315~", b"*20261315~"),
        "element-date",
        "835 BPR16",
        "8",
    ),
    Defect("IEA alone", CLAIM + b"IEA*1*000000007~", "trailer-alone", "IEA", "024"),
    Defect("GE alone", CLAIM.replace(b"IEA*1", b"GE*1*5~IEA*1"), "trailer-alone", "GE", "024"),
    Defect("SE alone", CLAIM.replace(b"GE*1", b"SE*1*0001~GE*1"), "trailer-alone", "SE", "024"),
    Defect(
        "no GS",
        CLAIM[:106] + CLAIM[CLAIM.index(b"ST*") : CLAIM.index(b"GE*")] + b"IEA*0*000000007~",
        "group-header-missing",
        "ST",
        "024",
    ),
    Defect("empty interchange", CLAIM[:106] + b"IEA*0*000000007~", "interchange-empty", "ISA"),
    Defect(
        "empty group",
        CLAIM[: CLAIM.index(b"ST*")] + b"GE*0*5~IEA*1*000000007~",
        "group-empty",
        "GS",
        "5",
    ),
    Defect(
        "set control number twice",
        CLAIM.replace(b"GE*1*", CLAIM[CLAIM.index(b"ST*") : CLAIM.index(b"GE*")] + b"GE*2*"),
        "set-control-duplicate",
        "ST02",
        "23",
    ),
    Defect("ISA in an interchange", CLAIM[: CLAIM.index(b"GE*")] + CLAIM, "group-trailer-missing"),
    Defect("nothing", b"", "file-empty", "", "024"),
    Defect("no X12", b"Dear payer, please pay me.\n", "segment-outside-set"),
    Defect("only blanks", b" \r\n\r\n", "file-empty"),
    Defect("no terminator", CLAIM[:-1], "terminator-missing", verdict="accepted-with-errors"),
    Defect(
        "empty segment",
        changed(CLAIM, b"~LX*1~", b"~~LX*1~").replace(b"SE*27", b"SE*26"),
        "segment-empty",
        verdict="accepted-with-errors",
    ),
)


def matching(defect: Defect, findings: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in findings if one.id == defect.finding]


def test_sound_files_are_accepted() -> None:
    assert check(CLAIM, "claim").verdict == "accepted"
    assert check(REMITTANCE, "remittance").verdict == "accepted"


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_defect_is_found_where_it_is(defect: Defect) -> None:
    report = check(defect.data, defect.name)
    found = matching(defect, report.findings)
    assert found, [one.id for one in report.findings]
    assert found[0].place == (defect.place or found[0].place)
    assert found[0].code == (defect.code or found[0].code)
    assert report.verdict == defect.verdict


@pytest.mark.parametrize("terminator", [b"\n", b"\r\n", b"~\r\n", b"\x1c", b"'"])
def test_any_terminator_is_fine(terminator: bytes) -> None:
    assert check(CLAIM.replace(b"~", terminator), "file").verdict == "accepted"


@pytest.mark.parametrize("old", [b"20260301", b"20260304"])
def test_date_in_the_future_is_no_defect(old: bytes) -> None:
    assert check(CLAIM.replace(old, b"20990101"), "file").verdict == "accepted"


def test_offset_points_at_the_element() -> None:
    data = CLAIM.replace(b"10:B:1", b"10:Z:1")
    finding = check(data, "file").findings[0]
    assert finding.offset == data.index(b"Z:1*Y")


def test_values_are_masked() -> None:
    data = CLAIM.replace(b"NM1*IL*1*DOE", b"NM1*IL*1*" + b"SECRET" * 20)
    finding = check(data, "file").findings[0]
    assert finding.value == "AAAAAAAAAAAA..(120)"
    assert "SECRET" not in str(check(data, "file").as_json())
