"""A kick-off is read strictly, and gives no more than the scopes allow."""

import pytest

from fhir_server.bulk.request import body_parameters, parse_request
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, Forbidden, UnknownParameter

KNOWN = ("Claim", "Observation", "Patient")
ALL = ("system/*.rs",)


def test_without_parameters_all_allowed_types_are_exported() -> None:
    assert parse_request((), KNOWN, ALL, is_lenient=False).types == KNOWN
    some = ("system/Patient.rs", "system/Claim.r", "system/Observation.read")
    assert parse_request((), KNOWN, some, is_lenient=False).types == ("Observation", "Patient")


def test_types_come_by_comma_or_repeated_and_once() -> None:
    asked = (("_type", "Patient,Claim"), ("_type", "Patient"))
    assert parse_request(asked, KNOWN, ALL, is_lenient=False).types == ("Patient", "Claim")


@pytest.mark.parametrize("text", ["Unicorn", "Patient,Unicorn", "patient"])
def test_unknown_type_is_refused_unless_lenient(text: str) -> None:
    with pytest.raises(BadRequest, match="not a resource type"):
        parse_request((("_type", text),), KNOWN, ALL, is_lenient=False)
    read = parse_request((("_type", text),), KNOWN, ALL, is_lenient=True)
    assert read.types == (("Patient",) if "Patient" in text else ())
    assert len(read.notes) == 1


def test_type_beyond_the_scopes_is_refused_even_when_lenient() -> None:
    with pytest.raises(Forbidden, match=r"system/Claim\.rs"):
        parse_request((("_type", "Claim"),), KNOWN, ("system/Patient.rs",), is_lenient=True)


@pytest.mark.parametrize("scopes", [(), ("system/*.cud",), ("system/Patient.r",)])
def test_nothing_allowed_is_forbidden(scopes: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden):
        parse_request((), KNOWN, scopes, is_lenient=False)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000),
        ("1970-01-01T01:00:01+01:00", 1_000_000),
        ("1970-01-01T01:00:01 01:00", 1_000_000),
        ("1970-01-01T00:00:00.25Z", 250_000),
    ],
)
def test_since_is_an_instant(text: str, moment: int) -> None:
    assert parse_request((("_since", text),), KNOWN, ALL, is_lenient=False).since == moment


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01"])
def test_since_that_is_no_instant_is_refused_even_when_lenient(text: str) -> None:
    with pytest.raises(BadRequest, match="_since"):
        parse_request((("_since", text),), KNOWN, ALL, is_lenient=True)


@pytest.mark.parametrize(
    "text", ["application/fhir+ndjson", "application/fhir ndjson", "application/ndjson", "ndjson"]
)
def test_every_spelling_of_ndjson_is_known(text: str) -> None:
    assert parse_request((("_outputFormat", text),), KNOWN, ALL, is_lenient=False).types == KNOWN


def test_other_format_is_refused() -> None:
    with pytest.raises(BadRequest, match="_outputFormat"):
        parse_request((("_outputFormat", "text/csv"),), KNOWN, ALL, is_lenient=True)


@pytest.mark.parametrize("name", ["_typeFilter", "patient", "_until", "x y z", "name=Weber"])
def test_unknown_parameter_is_refused_or_noted(name: str) -> None:
    with pytest.raises(UnknownParameter) as refusal:
        parse_request(((name, "Weber"),), KNOWN, ALL, is_lenient=False)
    assert "Weber" not in str(refusal.value)
    read = parse_request(((name, "Weber"),), KNOWN, ALL, is_lenient=True)
    assert [note.severity for note in read.notes] == ["warning"]


def test_body_gives_parameters_in_order() -> None:
    body: JsonObject = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "_type", "valueString": "Patient"},
            {"name": "_since", "valueInstant": "2026-01-01T00:00:00Z"},
        ],
    }
    assert body_parameters(body) == [("_type", "Patient"), ("_since", "2026-01-01T00:00:00Z")]
    assert body_parameters({"resourceType": "Parameters"}) == []
    assert body_parameters(None) == []


@pytest.mark.parametrize(
    "body",
    [
        {"resourceType": "Patient"},
        {"resourceType": "Parameters", "parameter": "x"},
        {"resourceType": "Parameters", "parameter": ["x"]},
        {"resourceType": "Parameters", "parameter": [{"name": "_type"}]},
        {"resourceType": "Parameters", "parameter": [{"valueString": "Patient"}]},
        {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueInteger": 1}]},
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "_type", "valueString": "a", "valueCode": "b"}],
        },
    ],
)
def test_body_that_is_no_list_of_texts_is_refused(body: JsonObject) -> None:
    with pytest.raises(BadRequest):
        body_parameters(body)
