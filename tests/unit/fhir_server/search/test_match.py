import pytest

from fhir_server.search.extract import Extractor
from fhir_server.search.key import hash_widely
from fhir_server.search.match import matches
from fhir_server.search.parse import parse
from fhir_server.search.registry import Registry
from tests.unit.fhir_server.search.sample import (
    REGISTRY,
    TENANT,
    finds,
    options,
    patient,
    query,
    rows,
)


def test_every_criterion_must_hold() -> None:
    resource = patient(gender="male", birthDate="2013")
    for gender, born, found in (("male", "2013", True), ("male", "2014", False)):
        asked = query("Patient", ("gender", gender), ("birthdate", born))
        assert matches(asked, resource, rows(resource)) is found


def test_another_type_does_not_match() -> None:
    asked = query("Person", ("gender", "male"))
    resource = patient(gender="male")
    assert not matches(asked, resource, rows(resource))


@pytest.mark.parametrize(("ids", "found"), [("1", True), ("2,1", True), ("2", False)])
def test_id_is_the_resource_own(ids: str, found: bool) -> None:
    assert finds(patient(), "_id", ids) is found


@pytest.mark.parametrize(
    ("value", "found"), [("2020-05-01", True), ("gt2020-05-01", False), ("lt2021", True)]
)
def test_last_updated_is_that_of_its_meta(value: str, found: bool) -> None:
    resource = patient(meta={"lastUpdated": "2020-05-01T10:00:00.123456Z"})
    assert finds(resource, "_lastUpdated", value) is found


def test_never_stored_was_never_updated() -> None:
    assert not finds(patient(), "_lastUpdated", "gt2000")


def test_wide_keys_judge_alike() -> None:
    wide = Registry(REGISTRY.definitions, hash=hash_widely)
    resource = patient(identifier=[{"system": "urn:x", "value": "1"}])
    found = Extractor(wide)(resource, TENANT)
    for value, expected in (("urn:x|1", True), ("urn:x|2", False)):
        asked = parse([("identifier", value)], "Patient", TENANT, wide, options())
        assert matches(asked, resource, found) is expected
    assert all(abs(key) > 2**64 for key in found.eq)
