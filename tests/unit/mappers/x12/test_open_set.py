"""Where guides share version and set, the second segment chooses; what it cannot tell is judged."""

import pytest

from mappers.x12.reader import read

_FILE = (
    "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          "
    "*260304*1030*^*00501*000000007*0*T*:~GS*{group}*CLINIC*PAYER*20260304*1030*5*X*{version}~"
    "ST*{set}*0001*{version}~{second}SE*3*0001~GE*1*5~IEA*1*000000007~"
)


def kind_of(group: str, set_id: str, version: str, second: str) -> str:
    text = _FILE.format(group=group, set=set_id, version=version, second=second)
    return next(read(text.encode()).sets())[2].kind


@pytest.mark.parametrize(
    ("version", "purpose", "kind"),
    [
        ("005010X217", "13", "278-request"),
        ("005010X217", "01", "278-request"),
        ("005010X217", "11", "278-response"),
        ("005010X215", "28", "278-inquiry"),
        ("005010X215", "49", "278-inquiry-response"),
        ("005010X215", "11", "278-inquiry-response"),
    ],
)
def test_review_is_chosen_by_its_purpose(version: str, purpose: str, kind: str) -> None:
    second = f"BHT*0007*{purpose}*REF1*20260304*1030~"
    assert kind_of("HI", "278", version, second) == kind


@pytest.mark.parametrize("second", ["", "BHT~", "HL*1**20*1~", "BHT*0007*99*REF1*20260304*1030~"])
def test_first_guide_judges_what_tells_nothing(second: str) -> None:
    assert kind_of("HI", "278", "005010X217", second) == "278-request"


def test_defect_of_another_element_does_not_mislead() -> None:
    second = "BHT*0007*11*REF1*20261304*1030*18~"
    assert kind_of("HI", "278", "005010X217", second) == "278-response"


@pytest.mark.parametrize(
    ("second", "kind"),
    [
        ("BHT*0010*08*REF1*20260304*1030*DG~", "277"),
        ("BHT*0085*08*REF1*20260304*1030*TH~", "277CA"),
    ],
)
def test_set_without_version_is_chosen_by_its_structure(second: str, kind: str) -> None:
    text = f"ST*277*0001~{second}SE*3*0001~"
    assert next(read(text.encode()).sets())[2].kind == kind


def test_set_that_breaks_off_after_st_has_a_guide() -> None:
    document = read(b"ST*278*0001*005010X217~")
    assert next(document.sets())[2].kind == "278-request"
    assert "set-trailer-missing" in {one.id for one in document.findings}


@pytest.mark.parametrize(
    ("version", "second", "severity"),
    [
        ("005010X217", "BHT*0007*13*REF1*20260304*1030~", "error"),
        ("005010X215", "BHT*0007*28*REF1*20260304*1030~", "warning"),
    ],
)
def test_what_breaks_an_uncertain_guide_is_a_warning(
    version: str, second: str, severity: str
) -> None:
    text = _FILE.format(group="HI", set="278", version=version, second=second)
    found = read(text.encode()).findings
    assert {(one.id, one.severity) for one in found if one.loop == "2000A"} == {
        ("segment-missing", severity)
    }


def test_bad_value_in_an_uncertain_guide_is_an_error() -> None:
    second = "BHT*0007*28*REF1*20261304*1030~"
    text = _FILE.format(group="HI", set="278", version="005010X215", second=second)
    assert ("element-date", "error") in {
        (one.id, one.severity) for one in read(text.encode()).findings
    }
