from datetime import UTC, datetime

import pytest

from fhir_server.model.codec import encode
from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import NotSupported
from fhir_server.search.query import Cursor
from fhir_server.search.sort import place_of, sort_key
from tests.unit.fhir_server.search.sample import EXTRACTOR, TENANT, patient, query


def version(resource: JsonObject) -> Version:
    updated = datetime(2020, 1, 1, tzinfo=UTC)
    return Version(5, "Patient", "1", 1, updated, False, "create", encode(resource))


@pytest.mark.parametrize("code", ["code-value-quantity", "combo-code-value-quantity"])
def test_composites_have_no_order(code: str) -> None:
    with pytest.raises(NotSupported, match=code):
        query("Observation", ("_sort", code))


def test_order_is_read_with_its_directions() -> None:
    order = query("Patient", ("_sort", "-birthdate,name,_id,-_lastUpdated")).order
    assert [(one.code, one.descending, one.column) for one in order] == [
        ("birthdate", True, ""),
        ("name", False, ""),
        ("_id", False, "fid"),
        ("_lastUpdated", True, "updated"),
    ]
    assert [one.single for one in order[:2]] == [True, False]


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("birthdate", date_span("1980").low),
        ("family", "abel"),
        ("-family", "zorn"),
        ("death-date", None),
        ("_id", "1"),
        ("_lastUpdated", date_span("2020").low),
        ("gender", "female"),
        ("identifier", "a1"),
        ("-identifier", "z9"),
        ("active", "true"),
        ("deceased", "false"),
        ("phone", "12"),
        ("email", None),
        ("organization", "organization/o"),
        ("language", "en"),
    ],
)
def test_place_is_the_first_value_in_the_order(sort: str, value: int | str | None) -> None:
    resource = patient(
        birthDate="1980",
        name=[{"family": "Zorn"}, {"family": "Abel"}],
        gender="female",
        active=True,
        identifier=[{"value": "Z9"}, {"value": "A1"}],
        telecom=[{"system": "phone", "value": "12"}],
        managingOrganization={"reference": "Organization/o"},
        communication=[{"language": {"coding": [{"code": "en"}]}}],
    )
    order = query("Patient", ("_sort", sort)).order
    place = place_of(order, version(resource), EXTRACTOR, TENANT)
    assert (None if place.rest else place.values[0]) == value


def test_places_sort_as_the_database_sorts_them() -> None:
    order = query("Patient", ("_sort", "-gender,birthdate")).order
    places = [
        Cursor(3, ("male", 5)),
        Cursor(2, ("male", 5)),
        Cursor(9, ("male", None)),
        Cursor(1, ("female", 1)),
        Cursor(4, (None, 2)),
        Cursor(8, (None, None)),
    ]
    shuffled = sorted(places, key=lambda one: one.after)
    assert sorted(shuffled, key=sort_key(order)) == places
