"""Where segments go when a loop's first segment is missing: one defect, one finding."""

import pytest

from mappers.x12.reader import Document, read
from tests.unit.mappers.x12.example import claim_file
from tests.unit.mappers.x12.test_reader import outline

CLAIM = claim_file()


def without(data: bytes, segment: bytes) -> bytes:
    assert data.count(segment) == 1
    count = int(data.split(b"~SE*")[1].split(b"*")[0])
    return data.replace(segment, b"").replace(b"~SE*%d*" % count, b"~SE*%d*" % (count - 1))


def told(document: Document) -> list[tuple[str, str]]:
    return [(one.id, one.place) for one in document.findings]


@pytest.mark.parametrize(
    ("segment", "place"),
    [
        (b"LX*1~", "2400 LX"),
        (b"NM1*82*1*RIVERA*ANA****XX*1245319599~", "2310B NM1"),
        (b"NM1*41*2*RIVER CLINIC*****46*CLINIC~", "1000A NM1"),
    ],
    ids=["line", "rendering provider", "submitter"],
)
def test_missing_first_segment_is_one_finding_and_the_loop_is_there(
    segment: bytes, place: str
) -> None:
    whole, broken = read(CLAIM), read(without(CLAIM, segment))
    assert told(broken) == [("segment-missing", place)]
    outlines = [outline(next(one.sets())[2].root) for one in (whole, broken)]
    assert outlines[0] == outlines[1]


def test_what_the_loop_holds_is_judged_there() -> None:
    broken = without(CLAIM, b"LX*1~").replace(b"*UN*1*", b"*XX*1*")
    assert told(read(broken)) == [("segment-missing", "2400 LX"), ("element-code", "2400 SV103")]


def test_segment_of_several_loops_opens_none() -> None:
    data = CLAIM.replace(b"~LX*1~", b"~N3*1 MAIN ST~LX*1~").replace(b"~SE*26*", b"~SE*27*")
    assert told(read(data)) == [("segment-unexpected", "2310B N3")]


def test_loop_that_was_met_is_not_opened_again() -> None:
    data = CLAIM.replace(b"~HL*2*1*22*0~", b"~PER*IC*DESK*TE*2175550100~HL*2*1*22*0~")
    assert ("segment-missing", "1000A NM1") not in told(read(data))
