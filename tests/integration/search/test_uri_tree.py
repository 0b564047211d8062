"""URIs above and below one another, judged in memory and by both databases."""

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import create, ids, search
from tests.unit.fhir_server.search.sample import finds, patient, query

URLS = {
    "v1": "http://acme.org/fhir",
    "v2": "http://acme.org/fhir/ValueSet",
    "v3": "http://acme.org/fhir/ValueSet/123",
    "v4": "http://acme.org/fhirworks/ValueSet",
    "v5": "urn:oid:1.2.3",
    "v6": "urn:oid:1.2.3.4",
    "v7": "urn:oid:1.2.34",
}
CASES = [
    ("below", "http://acme.org/fhir", {"v1", "v2", "v3"}),
    ("below", "http://acme.org/fhir/", {"v1", "v2", "v3"}),
    ("below", "http://acme.org/fhir/Val", set()),
    ("below", "http://acme.org", {"v1", "v2", "v3", "v4"}),
    ("below", "http://acme.org/fhir/ValueSet/123,urn:oid:1.2.34", {"v3", "v7"}),
    ("below", "urn:oid:1.2.3", {"v5", "v6"}),
    ("above", "http://acme.org/fhir/ValueSet/123/_history/5", {"v1", "v2", "v3"}),
    ("above", "http://acme.org/fhir", {"v1"}),
    ("above", "urn:oid:1.2.3.4.5", {"v5", "v6"}),
    ("above", "urn:oid:1.2.34", {"v7"}),
]


def value_set(id: str) -> JsonObject:
    return {"resourceType": "ValueSet", "id": id, "url": URLS[id], "status": "active"}


@pytest.mark.parametrize(("modifier", "value", "found"), CASES)
def test_uris_of_a_path(store: Store, modifier: str, value: str, found: set[str]) -> None:
    create(store, *(value_set(id) for id in URLS))
    assert set(ids(search(store, "ValueSet", (f"url:{modifier}", value)))) == found
    judged = {id for id in URLS if finds(value_set(id), f"url:{modifier}", value)}
    assert judged == found


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(BadRequest):
        query("ValueSet", ("url:below", "http://x/" + "a" * 128))
    with pytest.raises(NotSupported):
        query("ValueSet", ("url:contains", "x"))
    with pytest.raises(NotSupported):
        query("Patient", ("_profile:below", "http://x"))


def test_profiles_cost_no_row_of_text() -> None:
    from tests.unit.fhir_server.search.sample import rows

    assert rows(patient(meta={"profile": ["http://x/y"]})).str == ()
