from decimal import Decimal

import pytest

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.search.key import key, self_key
from fhir_server.search.rows import Rows
from tests.unit.fhir_server.search.sample import EXTRACTOR, TENANT, observation, patient, rows


def test_absent_members_have_no_rows() -> None:
    alive = key(TENANT, "Patient", "deceased", "false")
    found = rows({"resourceType": "Patient"})
    bit = EXTRACTOR.registry.parameter(TENANT, "Patient", "deceased").bit
    assert found == Rows(eq=(alive,), present=bit)


def test_each_table_gets_its_rows() -> None:
    found = rows(
        observation(
            status="final",
            subject={"reference": "Patient/7"},
            effectiveDateTime="2020-01-01T10:00:00Z",
            valueString="Positive",
        )
    )
    assert key(TENANT, "Observation", "status", "final") in found.eq
    subject = key(TENANT, "Observation", "subject")
    assert (subject, self_key(TENANT, "Patient", "7")) in found.ref
    assert (key(TENANT, "Observation", "value-string"), "positive") in found.str
    assert found.date[0][0] == key(TENANT, "Observation", "date")


def test_id_and_last_updated_are_left_to_their_columns() -> None:
    found = rows(observation(meta={"lastUpdated": "2020-01-01T10:00:00Z"}))
    assert found == Rows()


def test_tenants_share_no_keys() -> None:
    resource = patient(gender="male", name=[{"family": "Weber"}])
    one, other = EXTRACTOR(resource, 1), EXTRACTOR(resource, 2)
    assert not set(one.eq) & set(other.eq)
    assert not set(one.str) & set(other.str)


def test_targets_of_one_parameter_are_read_alone() -> None:
    resource = observation(
        subject={"reference": "Patient/7"}, performer=[{"reference": "Practitioner/8"}]
    )
    found = EXTRACTOR.targets(resource, TENANT, "performer")
    performer = key(TENANT, "Observation", "performer")
    assert found == [(performer, self_key(TENANT, "Practitioner", "8"))]


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Patient", "name": "text", "birthDate": 5, "gender": ["male"]},
        {"resourceType": "Patient", "identifier": [None, {"value": 5}], "active": "yes"},
        {"resourceType": "Patient", "telecom": {"value": None}, "birthDate": "not a date"},
        {"resourceType": "Observation", "valueQuantity": {"value": "5"}, "subject": "Patient/1"},
        {"resourceType": "Observation", "effectivePeriod": {"start": "2021", "end": "2020"}},
    ],
)
def test_odd_values_make_no_rows_and_no_error(resource: JsonObject) -> None:
    found = rows(resource)
    assert (found.date, found.num, found.ref) == ((), (), ())


@pytest.mark.parametrize("code", ["name", "phonetic"])
def test_rows_that_are_shared_are_found_by_either_parameter(code: str) -> None:
    found = rows(patient(name=[{"family": "Weber"}]))
    slot = EXTRACTOR.registry.parameter(TENANT, "Patient", code).slot
    assert (slot.own_key, "weber") in found.str
    assert len([row for row in found.str if row[1] == "weber"]) == 2  # name and family


VERSIONS: tuple[tuple[JsonObject, JsonObject], ...] = (
    (patient(gender="male"), patient(gender="female")),
    (patient(gender="male", deceasedBoolean=True), patient(gender="male")),
    (patient(name=[{"family": "A"}]), patient(name=[{"family": "A"}], active=True)),
    (observation(status="final"), observation(status="final")),
    (
        observation(valueQuantity={"value": Decimal("1.0")}, status="final"),
        observation(valueQuantity={"value": Decimal("1.00")}, status="final"),
    ),
    (
        observation(subject={"reference": "Patient/7"}, focus=[{"reference": "Patient/7"}]),
        observation(subject={"reference": "Patient/7"}, status="amended"),
    ),
)


@pytest.mark.parametrize("at", range(len(VERSIONS)))
def test_rows_of_two_versions_are_those_of_each(at: int) -> None:
    former, latter = VERSIONS[at]
    found = EXTRACTOR.both(former, latter, TENANT)
    assert found == (rows(former), rows(latter))
    copied = EXTRACTOR.both(former, decode(encode(latter)), TENANT)
    assert copied == found
