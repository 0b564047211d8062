import pytest

from hl7.dictionary import load, nearest_version, preload, structure_of, supported_versions


def test_fields_carry_datatype_table_and_cardinality() -> None:
    identifier = load("2.5.1").segments["PID"][2]
    assert (identifier.datatype, identifier.required, identifier.most) == ("CX", True, -1)
    sex = load("2.5.1").segments["PID"][7]
    assert (sex.datatype, sex.table, sex.most) == ("IS", "HL70001", 1)
    assert "F" in load("2.5.1").tables["HL70001"]


def test_components_of_a_datatype() -> None:
    assert [part.datatype for part in load("2.5.1").components["CX"][:4]] == [
        "ST",
        "ST",
        "ID",
        "HD",
    ]


def test_segments_know_their_groups() -> None:
    place = load("2.5.1").places("ORU_R01")["OBX"]
    assert place.groups[-1] == "ORU_R01_OBSERVATION"
    assert load("2.5.1").places("ORU_R01")["OBR"].required
    assert not load("2.5.1").places("ORU_R01")["PID"].required
    assert load("2.5.1").places("no such structure") == {}


def test_every_supported_version_loads() -> None:
    preload()
    assert len(supported_versions()) == 12
    assert all("PID" in load(version).segments for version in supported_versions())


@pytest.mark.parametrize(
    ("sent", "used"),
    [("2.5.1", "2.5.1"), ("2.9", "2.8.2"), ("2.5.1.3", "2.5.1"), ("2.0", "2.1"), ("", "2.8.2")],
)
def test_unknown_version_is_read_by_the_nearest(sent: str, used: str) -> None:
    assert nearest_version(sent) == used


@pytest.mark.parametrize(
    ("code", "trigger", "declared", "structure"),
    [
        ("ADT", "A08", "", "ADT_A01"),
        ("ADT", "A08", "ADT_A08", "ADT_A01"),
        ("ADT", "A31", "", "ADT_A05"),
        ("ORU", "R01", "nonsense", "ORU_R01"),
        ("ACK", "A01", "", "ACK"),
        ("ZZZ", "Z99", "", ""),
    ],
)
def test_structure_is_derived(code: str, trigger: str, declared: str, structure: str) -> None:
    assert structure_of(code, trigger, declared, load("2.5.1")) == structure


@pytest.mark.parametrize("version", ["2.5.1", "2.7", "2.8", "2.8.2"])
def test_fields_keep_their_numbers_where_others_were_withdrawn(version: str) -> None:
    segments = load(version).segments
    assert segments["FT1"][10 - 1].name == "Transaction quantity"
    assert segments["IN1"][49 - 1].name == "Insured s id number"
    assert segments["PID"][11 - 1].name == "Patient address"


def test_number_of_a_withdrawn_field_stays_taken() -> None:
    newest = load("2.8.2").segments
    assert newest["FT1"][8 - 1].most == 0
    assert newest["PID"][-1].name == "Patient telecommunication information"
