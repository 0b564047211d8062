import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import NotSupported
from tests.unit.fhir_server.search.sample import finds, query

URL = "https://example.org/fhir/ValueSet/a"


def value_set(url: str) -> JsonObject:
    return {"resourceType": "ValueSet", "url": url}


@pytest.mark.parametrize(
    ("value", "found"),
    [(URL, True), (URL.upper(), False), (URL[:-1], False), (f"urn:x,{URL}", True)],
)
def test_uri_is_compared_as_written(value: str, found: bool) -> None:
    assert finds(value_set(URL), "url", value) is found


@pytest.mark.parametrize(
    ("value", "found"), [(URL, True), (rf"{URL}\|2", True), (rf"{URL}\|1", False)]
)
def test_canonical_is_found_with_and_without_version(value: str, found: bool) -> None:
    resource: JsonObject = {"resourceType": "Patient", "meta": {"profile": [f"{URL}|2"]}}
    assert finds(resource, "_profile", value) is found


def test_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="url:contains"):
        query("ValueSet", ("url:contains", URL))
