from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.check import acknowledgeable, all_findings, check, judged
from mappers.x12.findings import verdict
from mappers.x12.reader import read
from mappers.x12.responses import GroupResponse, group_response, interchange_response
from tests.unit.mappers.x12.example import claim_file, remittance_file, status_file

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
CLAIM = claim_file()


def answer(data: bytes) -> bytes | None:
    interchange = read(data).interchanges[0]
    return acknowledge(interchange, interchange_control=11, group_control=12, written=NOW)


def answered(data: bytes) -> GroupResponse:
    text = answer(data)
    assert text is not None
    document = read(text)
    assert document.findings == []
    return group_response(next(document.sets())[2])


def test_sound_claims_are_accepted() -> None:
    response = answered(CLAIM)
    assert (response.functional_id, response.control, response.version) == (
        "HC",
        "5",
        "005010X222A1",
    )
    assert response.verdict == "A"
    assert [(one.set_id, one.control, one.is_accepted) for one in response.sets] == [
        ("837", "0001", True)
    ]


def test_answer_goes_back_to_the_sender() -> None:
    text = answer(CLAIM)
    assert text is not None
    header = read(text).interchanges[0].header
    assert (header.sender, header.receiver, header.control) == ("PAYER", "CLINIC", "000000011")


@pytest.mark.parametrize("data", [CLAIM, remittance_file(), status_file()])
def test_every_guide_is_acknowledged(data: bytes) -> None:
    assert answered(data).verdict == "A"


def test_element_error_is_told_by_position() -> None:
    response = answered(CLAIM.replace(b"10:B:1", b"10:Z:1"))
    (one,) = response.sets
    (error,) = one.errors
    assert (response.verdict, one.verdict, one.codes) == ("R", "R", ("5",))
    assert (error.segment, error.position, error.loop, error.code) == ("CLM", 18, "2300", "8")
    assert (error.element, error.component, error.element_code) == (5, 2, "7")


def test_missing_segment_is_told() -> None:
    response = answered(CLAIM.replace(b"HI*ABK:F331*ABF:F411~", b""))
    errors = [(error.segment, error.code) for error in response.sets[0].errors]
    assert errors == [("HI", "3")]
    assert response.sets[0].codes == ("4", "5")


def test_warning_alone_is_accepted_with_errors() -> None:
    response = answered(CLAIM.replace(b"N3*2 RIVER RD~", b"N3*2 RIVER RD**~"))
    assert (response.verdict, response.sets[0].verdict) == ("E", "E")


def test_one_bad_set_of_two_is_partly_accepted() -> None:
    bad = CLAIM[CLAIM.index(b"ST*") : CLAIM.index(b"GE*")].replace(b"*0001", b"*0002")
    data = CLAIM.replace(b"GE*1*", bad.replace(b"10:B:1", b"10:Z:1") + b"GE*2*")
    response = answered(data)
    assert response.verdict == "P"
    assert [one.verdict for one in response.sets] == ["A", "R"]


def test_unsupported_guide_is_told_in_ak9() -> None:
    response = answered(CLAIM.replace(b"005010X222A1", b"005010X299"))
    assert (response.verdict, response.codes) == ("R", ("2",))
    assert response.sets[0].codes == ("1",)


def test_group_count_is_told_in_ak9() -> None:
    response = answered(CLAIM.replace(b"GE*1*5", b"GE*3*6"))
    assert (response.verdict, response.codes) == ("R", ("5", "4"))


def test_set_without_trailer_is_rejected() -> None:
    response = answered(CLAIM.replace(b"SE*26*0001~", b""))
    assert response.sets[0].verdict == "R"
    assert "2" in response.sets[0].codes


def test_broken_interchange_gets_a_ta1_and_no_999() -> None:
    text = answer(CLAIM.replace(b"*000000007~", b"*000000008~"))
    assert text is not None
    (interchange,) = read(text).interchanges
    told = interchange_response(interchange.acknowledgments[0])
    assert (told.control, told.verdict, told.note) == ("000000007", "R", "001")
    assert (told.date, told.time) == ("260304", "1030")
    assert not interchange.groups


def test_ta1_is_sent_where_it_is_asked_for() -> None:
    text = answer(CLAIM.replace(b"*000000007*0*T", b"*000000007*1*T"))
    assert text is not None
    (interchange,) = read(text).interchanges
    assert interchange_response(interchange.acknowledgments[0]).verdict == "A"
    assert len(interchange.groups) == 1


def test_acknowledgment_is_never_acknowledged() -> None:
    text = answer(CLAIM)
    assert text is not None
    assert answer(text) is None
    assert answer(text.replace(b"*000000011*0*T", b"*000000011*1*T")) is None


def test_fragment_without_isa_cannot_be_answered() -> None:
    assert answer(CLAIM[106:]) is None


def test_unknown_verdicts_count_as_rejected() -> None:
    text = answer(CLAIM)
    assert text is not None
    strange = next(read(text.replace(b"AK9*A", b"AK9*?").replace(b"IK5*A", b"IK5*?")).sets())[2]
    response = group_response(strange)
    assert (response.verdict, response.sets[0].verdict) == ("R", "R")
    empty = replace(strange, root=replace(strange.root, segments=(), children=()))
    assert group_response(empty).verdict == "R"


def segments_of(answer: bytes) -> list[str]:
    return [one for one in answer.decode().split("~") if one[:3] in {"IK3", "IK4", "IK5", "CTX"}]


def judged_answer(data: bytes) -> list[str]:
    (received,) = check(data, "").received
    text = acknowledge(received, interchange_control=11, group_control=12, written=NOW)
    assert text is not None
    assert read(text).findings == []
    return segments_of(text)


def test_situation_is_told_with_its_claim_and_its_trigger() -> None:
    assert judged_answer(CLAIM.replace(b"10:B:1", b"10:B:7")) == [
        "IK3*REF*18*2300*I6",
        "CTX*CLM01:CLAIM1",
        "CTX*SITUATIONAL TRIGGER*CLM*18*2300*5:3",
        "IK5*R*I5",
    ]


def test_element_in_error_is_told_with_its_claim() -> None:
    assert judged_answer(CLAIM.replace(b"10:B:1", b"10:Z:1")) == [
        "IK3*CLM*18*2300*8",
        "CTX*CLM01:CLAIM1",
        "IK4*5:2*1332*7",
        "IK5*R*5",
    ]


def test_dependent_element_is_told_with_its_trigger() -> None:
    assert judged_answer(CLAIM.replace(b"UN*1***1~", b"UN*1***1:3~")) == [
        "IK3*SV1*23*2400*8",
        "CTX*CLM01:CLAIM1",
        "IK4*7:2*1328*I9",
        "CTX*SITUATIONAL TRIGGER*SV1*23*2400*7:2",
        "IK5*R*I5",
    ]


def test_balance_is_left_to_the_277ca() -> None:
    assert judged_answer(CLAIM.replace(b"*150***10", b"*151***10")) == ["IK5*A"]


def test_levels_in_disorder_are_told() -> None:
    assert judged_answer(CLAIM.replace(b"HL*2*1*22", b"HL*3*1*22")) == [
        "IK3*HL*11*2000*8",
        "IK4*1*628*7",
        "IK5*R*5",
    ]


def test_remittance_in_error_gets_its_999() -> None:
    bad = remittance_file().replace(b"BPR*I*115", b"BPR*Z*115")
    assert judged_answer(bad) == ["IK3*BPR*2**8", "IK4*1*305*7", "IK5*R*5"]


def test_answer_to_a_stream_is_the_answer_to_the_whole() -> None:
    bad = CLAIM.replace(b"10:B:1", b"10:Z:1").replace(b"SE*26*", b"SE*27*")
    text = answer(bad)
    assert text is not None
    assert segments_of(text) == judged_answer(bad)


def test_what_rules_find_in_claims_is_not_for_the_999() -> None:
    document = read(CLAIM.replace(b"10:B:1", b"10:B:7"))
    whole = judged(document)
    assert verdict(all_findings(whole)) == "rejected"
    told = acknowledgeable(document.interchanges[0], whole.interchanges[0])
    text = acknowledge(told, interchange_control=11, group_control=12, written=NOW)
    assert text is not None
    assert segments_of(text) == ["IK5*A"]


def test_what_rules_find_in_a_remittance_is_noted_by_the_999() -> None:
    document = read(remittance_file().replace(b"BPR*I*115", b"BPR*I*-115"))
    whole = judged(document)
    told = acknowledgeable(document.interchanges[0], whole.interchanges[0])
    text = acknowledge(told, interchange_control=11, group_control=12, written=NOW)
    assert text is not None
    assert segments_of(text)[-1].startswith("IK5*E")
