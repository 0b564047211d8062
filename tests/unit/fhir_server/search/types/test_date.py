from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.extract import Extractor
from fhir_server.search.match import matches
from fhir_server.search.parse import parse
from fhir_server.search.registry import Registry
from tests.unit.fhir_server.search.sample import (
    REGISTRY,
    TENANT,
    finds,
    observation,
    options,
    patient,
    query,
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2013-01-14", True),
        ("2013-01", True),
        ("2013", True),
        ("2013-01-14T10:00", False),
        ("eq2013-01-14", True),
        ("ne2013-01-14", False),
        ("ne2013-01-15", True),
        ("lt2013-01-15", True),
        ("lt2013-01-14", False),
        ("lt2013-01-14T10:00", True),
        ("gt2013-01-14", False),
        ("gt2013-01-13", True),
        ("gt2013-01-14T10:00", True),
        ("ge2013-01-14", True),
        ("ge2013-01-15", False),
        ("le2013-01-14", True),
        ("le2013-01-13", False),
        ("sa2013-01-13", True),
        ("sa2013-01-14", False),
        ("eb2013-01-15", True),
        ("eb2013-01-14", False),
        ("2012,2013", True),
    ],
)
def test_day_compares_as_the_standard_says(value: str, found: bool) -> None:
    assert finds(patient(birthDate="2013-01-14"), "birthdate", value) is found


@pytest.mark.parametrize(
    ("period", "value", "found"),
    [
        ({"start": "2013-01-01", "end": "2013-03-31"}, "2013", True),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "2013-02", False),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "gt2013-02", True),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "lt2013-02", True),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "ge2013-03", False),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "sa2012", True),
        ({"start": "2013-01-01", "end": "2013-03-31"}, "sa2013-01", False),
        ({"start": "2013-01-01"}, "gt2999", True),
        ({"start": "2013-01-01"}, "2013", False),
        ({"end": "2013-01-01"}, "lt1000", True),
        ({"end": "2013-01-01"}, "eb2014", True),
    ],
)
def test_period_reaches_from_end_to_end(period: JsonObject, value: str, found: bool) -> None:
    assert finds(observation(effectivePeriod=period), "date", value) is found


@pytest.mark.parametrize(
    ("timing", "found"),
    [
        ({"event": ["2020-01-05", "2020-01-09"]}, True),
        ({"event": ["2020-01-05", "2020-02-09"]}, False),
        ({"repeat": {"boundsPeriod": {"start": "2020-01-01", "end": "2020-01-31"}}}, True),
        ({"repeat": {"frequency": 1}}, False),
    ],
)
def test_timing_reaches_from_first_to_last(timing: JsonObject, found: bool) -> None:
    assert finds(observation(effectiveTiming=timing), "date", "2020-01") is found


@pytest.mark.parametrize(
    ("moment", "value", "found"),
    [
        ("2020-01-01T23:30:00-05:00", "2020-01-01", False),
        ("2020-01-01T23:30:00-05:00", "2020-01-02", True),
        ("2020-01-01T23:30:00-05:00", "2020-01-02T04:30:00Z", True),
        ("2020-01-01T12:00:00Z", "2020-01-01T13:00:00+01:00", True),
        ("2020-01-01T12:00:00Z", "2020-01-01T13:00:00 01:00", True),
        ("2020-01-01T12:00:00.500Z", "2020-01-01T12:00:00Z", True),
    ],
)
def test_moments_compare_across_zones(moment: str, value: str, found: bool) -> None:
    assert finds(observation(effectiveInstant=moment), "date", value) is found


def test_days_are_those_of_the_configured_zone() -> None:
    registry = Registry(REGISTRY.definitions, timezone(timedelta(hours=-5)))
    resource = observation(effectiveInstant="2020-01-01T23:30:00-05:00")
    rows = Extractor(registry)(resource, TENANT)
    for day, found in (("2020-01-01", True), ("2020-01-02", False)):
        asked = parse([("date", day)], "Observation", TENANT, registry, options())
        assert matches(asked, resource, rows) is found


@pytest.mark.parametrize(
    ("born", "value", "found"),
    [
        ("2016", "ap2016", True),
        ("2015-09-01", "ap2016-06-01", True),
        ("2014-06-01", "ap2016-06-01", False),
        ("2025-12-30", "ap2025-12-31", False),
    ],
)
def test_approximation_widens_with_the_distance_from_now(
    born: str, value: str, found: bool
) -> None:
    assert finds(patient(birthDate=born), "birthdate", value) is found


@pytest.mark.parametrize("value", ["2013-13", "yesterday", "20130114", "xx2013", "", "2013-1-1"])
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="birthdate"):
        query("Patient", ("birthdate", value))


def test_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="birthdate:exact"):
        query("Patient", ("birthdate:exact", "2013"))


@pytest.mark.parametrize(("born", "missing"), [("2013", False), (None, True)])
def test_missing_date_is_missing(born: JsonValue, missing: bool) -> None:
    resource = patient(birthDate=born)
    assert finds(resource, "birthdate:missing", "true") is missing
    assert finds(resource, "birthdate:missing", "false") is not missing


DAY = st.dates().map(str)


@given(DAY, DAY)
def test_prefixes_agree_with_each_other(born: str, asked: str) -> None:
    resource = patient(birthDate=born)
    held = {
        prefix: finds(resource, "birthdate", prefix + asked)
        for prefix in ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
    }
    assert held["ne"] is not held["eq"]
    assert held["ge"] is (held["gt"] or held["eq"])
    assert held["le"] is (held["lt"] or held["eq"])
    assert (held["gt"], held["lt"]) == (held["sa"], held["eb"]) == (born > asked, born < asked)
