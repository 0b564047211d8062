"""A partner's own rules as data: rules turned off or graded anew, checks added."""

from datetime import date

import pytest

from mappers.x12.check import check
from mappers.x12.overlays import RULE_IDS, shipped_overlay, shipped_overlays
from mappers.x12.rules.overlay import NotAnOverlay, Overlay, combined, overlay, parse_overlay
from mappers.x12.rules.terms import Terms
from tests.unit.mappers.x12.rules.vector import CLAIM, STAY, swap

LONG = swap(CLAIM, f"CLM*CLAIM1=>CLM*{'1' * 21}")
GROUP = {
    "id": "group-number",
    "kinds": ["837P"],
    "loop": "2000B",
    "segment": "SBR",
    "element": 3,
    "message": "the payer asks for the group number",
    "remedy": "send SBR03",
}


def found(data: bytes, of: Overlay) -> list[tuple[str, str, int]]:
    report = check(data, "", Terms(overlay=of))
    return [(one.id, one.severity, one.level) for one in report.findings]


def one_check(**asked: object) -> Overlay:
    return overlay({"check": [{**GROUP, **asked}]})


def test_rule_is_graded_anew() -> None:
    grave = overlay({"change": [{"rule": "claim-number-length", "severity": "error"}]})
    assert found(LONG, grave) == [("claim-number-length", "error", 4)]
    assert found(LONG, Overlay()) == [("claim-number-length", "warning", 4)]


def test_rule_is_turned_off() -> None:
    assert (
        found(LONG, overlay({"change": [{"rule": "claim-number-length", "severity": "off"}]})) == []
    )


@pytest.mark.parametrize(
    ("asked", "is_broken"),
    [
        ({"most": 3}, True),
        ({"most": 4}, False),
        ({"least": 5}, True),
        ({"form": "[A-Z]+"}, True),
        ({"form": "GRP[0-9]"}, False),
        ({"codes": ["GRP2"]}, True),
        ({"codes": ["GRP1", "GRP2"]}, False),
        ({"absent": True}, True),
        ({"most": 3, "qualifier": ["S"]}, False),
        ({"most": 3, "kinds": ["837I"]}, False),
        ({"most": 3, "since": "2026-03-05"}, False),
        ({"most": 3, "until": "2026-03-04"}, True),
    ],
    ids=str,
)
def test_check_is_added(asked: dict[str, object], is_broken: bool) -> None:
    expected = [("group-number", "error", 7)] if is_broken else []
    assert found(CLAIM, one_check(**asked)) == expected


def test_element_is_required() -> None:
    without = swap(CLAIM, "SBR*P*18*GRP1=>SBR*P*18*")
    assert found(without, one_check(required=True)) == [("group-number", "error", 7)]
    assert found(CLAIM, one_check(required=True)) == []


def test_segment_is_required_or_forbidden() -> None:
    asked = one_check(loop="2300", segment="REF", qualifier=["G1"], element=0, required=True)
    assert found(CLAIM, asked) == [("group-number", "error", 7)]
    authorized = swap(CLAIM, "~HI*=>~REF*G1*AUTH1~HI*", "SE*26*=>SE*27*")
    assert found(authorized, asked) == []
    refused = one_check(loop="2300", segment="REF", qualifier=["G1"], element=0, absent=True)
    assert found(authorized, refused) == [("group-number", "error", 7)]


def test_overlays_are_joined() -> None:
    grave = overlay({"change": [{"rule": "claim-number-length", "severity": "error"}]})
    off = overlay({"change": [{"rule": "claim-number-length", "severity": "off"}]})
    assert found(LONG, combined([grave, off])) == []
    assert len(found(LONG, combined([grave, one_check(most=3)]))) == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"rules": []}, "rules: not a member"),
        ({"change": "x"}, "change: a list"),
        ({"change": ["x"]}, "change[0]: a row"),
        ({"change": [{"rule": "x"}]}, "change[0]: a member is missing"),
        ({"change": [{"rule": "x", "severity": "error"}]}, "change[0].rule: no rule"),
        ({"change": [{"rule": "member-id", "severity": "grave"}]}, "change[0].severity"),
        ({"check": [{**GROUP, "most": "3"}]}, "check[0].most: not of the right type"),
        ({"check": [{**GROUP, "form": "("}]}, "check[0].form"),
        ({"check": [{**GROUP, "since": "soon", "most": 3}]}, "check[0].since: a day"),
        ({"check": [GROUP]}, "check[0]: it asks nothing"),
        ({"check": [{**GROUP, "most": 3, "loop": ""}]}, "check[0]: loop and segment"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_data_that_is_no_overlay_is_refused(data: dict[str, object], told: str) -> None:
    with pytest.raises(NotAnOverlay) as refused:
        overlay(data, RULE_IDS)
    assert told in str(refused.value)


def test_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(NotAnOverlay, match="not TOML"):
        parse_overlay("name =")


def test_day_of_toml_is_taken() -> None:
    text = 'check = [{id="a", kinds=["835"], loop="2100", segment="CLP", element=1, most=3, '
    made = parse_overlay(text + 'message="m", remedy="r", since=2026-01-01}]')
    assert made.checks[0].since == date(2026, 1, 1)


@pytest.mark.parametrize("name", shipped_overlays())
def test_overlay_shipped_is_sound(name: str) -> None:
    assert shipped_overlay(name).name == name


def test_edits_stedi_publishes_reject() -> None:
    stedi = shipped_overlay("stedi")
    assert found(CLAIM, stedi) == []
    assert found(LONG, stedi) == [("claim-number-length", "error", 4)]
    status = swap(STAY, "CL1*1*1*01=>CL1*1*1*99")
    assert ("stedi-patient-status", "error", 7) in found(status, stedi)
    nobody = swap(CLAIM, "*MI*MEMBER1~=>~")
    assert ("stedi-member-id", "error", 7) in found(nobody, stedi)
