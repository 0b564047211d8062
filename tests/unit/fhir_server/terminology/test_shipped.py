"""What ships with R4 can be asked for."""

import pytest

from fhir_server.outcome import UnknownTerminology
from fhir_server.terminology.expand import code_system, expand
from fhir_server.terminology.hierarchy import related
from fhir_server.terminology.shipped import Shipped

SHIPPED = Shipped()
V3 = "http://terminology.hl7.org/CodeSystem/v3-"


def test_value_set_of_the_standard() -> None:
    found = expand("http://hl7.org/fhir/ValueSet/administrative-gender", SHIPPED, 100)
    assert found == {
        "http://hl7.org/fhir/administrative-gender": {"male", "female", "other", "unknown"}
    }


def test_value_set_by_its_version() -> None:
    url = "http://hl7.org/fhir/ValueSet/administrative-gender"
    assert expand(f"{url}|4.0.1", SHIPPED, 100)
    with pytest.raises(UnknownTerminology):
        expand(f"{url}|3.0.2", SHIPPED, 100)


def test_value_set_by_a_branch_of_a_v3_system() -> None:
    found = expand("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", SHIPPED, 100)
    assert {"AMB", "IMP", "ACUTE", "VR"} <= found[f"{V3}ActCode"]


def test_table_of_v2() -> None:
    found = expand("http://terminology.hl7.org/ValueSet/v2-0136", SHIPPED, 100)
    assert found["http://terminology.hl7.org/CodeSystem/v2-0136"] >= {"Y", "N"}


def test_branch_of_a_v3_system() -> None:
    role = code_system(f"{V3}RoleCode", SHIPPED)
    assert {"PRN", "MTH", "FTH", "NMTH"} <= related(role, "PRN", "below", 1000)
    assert {"NMTH", "MTH", "PRN", "FAMMEMB"} <= related(role, "NMTH", "above", 1000)


def test_content_that_does_not_ship_is_named() -> None:
    with pytest.raises(UnknownTerminology, match=r"http://loinc\.org"):
        expand("http://hl7.org/fhir/ValueSet/observation-codes", SHIPPED, 1_000_000)


def test_every_shipped_value_set_is_answered_or_refused_for_a_reason() -> None:
    answers = [answer(url) for url in SHIPPED.facts._file.sets]
    assert {one for one in answers if isinstance(one, str)} <= {"not loaded", "without all"}
    assert sum(isinstance(one, int) for one in answers) > 1100


def answer(url: str) -> int | str:
    """Return how many codes a value set has, or the words that say why it is not known."""
    try:
        return sum(map(len, expand(url, SHIPPED, 100_000).values()))
    except UnknownTerminology as error:
        return "not loaded" if "not loaded" in str(error) else "without all"
