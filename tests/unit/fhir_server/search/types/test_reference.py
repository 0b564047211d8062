import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.extract import Extractor
from fhir_server.search.match import matches
from fhir_server.search.registry import Registry
from tests.unit.fhir_server.search.sample import BASE, REGISTRY, TENANT, finds, observation, query

ELSEWHERE = "https://other.org/fhir/Patient/1"


def about(reference: str) -> JsonObject:
    return observation(subject={"reference": reference})


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("subject", "Patient/1", True),
        ("subject", "1", True),
        ("subject", f"{BASE}/Patient/1", True),
        ("subject:Patient", "1", True),
        ("subject:Patient", "Patient/1", True),
        ("patient", "1", True),
        ("patient", "Patient/1", True),
        ("subject", "Patient/2", False),
        ("subject", "Group/1", False),
        ("subject:Group", "1", False),
        ("subject:Group", "Patient/1", False),
        ("subject", ELSEWHERE, False),
        ("subject", "Patient/2,Patient/1", True),
        ("performer", "Patient/1", False),
    ],
)
def test_local_reference_is_found_by_each_form(name: str, value: str, found: bool) -> None:
    assert finds(about("Patient/1"), name, value) is found


@pytest.mark.parametrize(
    ("value", "found"), [(ELSEWHERE, True), ("Patient/1", False), ("1", False)]
)
def test_reference_elsewhere_is_found_by_its_url(value: str, found: bool) -> None:
    assert finds(about(ELSEWHERE), "subject", value) is found


@pytest.mark.parametrize("value", ["Patient/1", "1", f"{BASE}/Patient/1"])
def test_reference_by_our_own_url_is_local(value: str) -> None:
    assert finds(about(f"{BASE}/Patient/1"), "subject", value)


def test_known_base_makes_references_by_url_local() -> None:
    extractor = Extractor(Registry(REGISTRY.definitions, base=BASE))
    assert extractor(about(f"{BASE}/Patient/1"), TENANT) == extractor(about("Patient/1"), TENANT)


@pytest.mark.parametrize(
    ("value", "found"),
    [("Patient/1", True), ("Patient/1/_history/2", True), ("Patient/1/_history/3", False)],
)
def test_versioned_reference_is_found_with_and_without_version(value: str, found: bool) -> None:
    assert finds(about("Patient/1/_history/2"), "subject", value) is found


def test_reference_without_version_is_not_found_by_one() -> None:
    assert not finds(about("Patient/1"), "subject", "Patient/1/_history/2")


@pytest.mark.parametrize(
    ("value", "found"),
    [("urn:mrn|7", True), ("7", True), ("urn:mrn|", True), ("|7", False), ("urn:x|7", False)],
)
def test_logical_reference_is_found_by_its_identifier(value: str, found: bool) -> None:
    logical = observation(subject={"identifier": {"system": "urn:mrn", "value": "7"}})
    assert finds(logical, "subject:identifier", value) is found
    assert not finds(logical, "subject", "7")


@pytest.mark.parametrize(
    ("subject", "missing"),
    [
        (None, True),
        ({"reference": "Patient/1"}, False),
        ({"reference": "#contained"}, False),
        ({"identifier": {"value": "7"}}, False),
        ({"display": "somebody"}, False),
    ],
)
def test_reference_of_any_kind_is_not_missing(subject: JsonObject | None, missing: bool) -> None:
    resource = observation() if subject is None else observation(subject=subject)
    assert finds(resource, "subject:missing", "true") is missing
    assert finds(resource, "subject:missing", "false") is not missing


@pytest.mark.parametrize(
    ("value", "found"),
    [("https://x.org/Q", True), (r"https://x.org/Q\|2", True), (r"https://x.org/Q\|1", False)],
)
def test_canonical_is_found_with_and_without_version(value: str, found: bool) -> None:
    response: JsonObject = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://x.org/Q|2",
    }
    assert finds(response, "questionnaire", value) is found


def test_bundle_refers_to_the_document_it_holds() -> None:
    bundle: JsonObject = {
        "resourceType": "Bundle",
        "type": "document",
        "entry": [{"resource": {"resourceType": "Composition", "id": "7"}}],
    }
    assert finds(bundle, "composition", "Composition/7")
    assert not finds(bundle, "composition", "Composition/8")


@pytest.mark.parametrize("value", ["Patient/", "/1", "a b", "#x"])
def test_what_is_no_reference_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="subject"):
        query("Observation", ("subject", value))


@pytest.mark.parametrize("modifier", ["Practitioner", "above", "text"])
def test_modifiers_that_cannot_apply_are_refused(modifier: str) -> None:
    with pytest.raises(NotSupported, match=f"subject:{modifier}"):
        query("Observation", (f"subject:{modifier}", "1"))


def test_no_resource_matches_a_type_that_is_not_meant() -> None:
    asked = query("Observation", ("subject:Group", "Patient/1"))
    assert not matches(asked, about("Group/1"), Extractor(REGISTRY)(about("Group/1"), TENANT))
