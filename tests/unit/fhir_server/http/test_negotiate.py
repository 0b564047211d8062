"""Formats: what is accepted, what is refused."""

import pytest

from fhir_server.http.negotiate import (
    FHIR_JSON,
    FHIR_XML,
    FORM,
    JSON,
    Wanted,
    check_body_type,
    error_format,
    is_pretty,
    is_xml_body,
    response_type,
)
from fhir_server.outcome import BadRequest, NotAcceptable, UnsupportedMedia


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, FHIR_JSON),
        ("", FHIR_JSON),
        ("*/*", FHIR_JSON),
        ("application/fhir+json", FHIR_JSON),
        ("application/fhir+json; fhirVersion=4.0", FHIR_JSON),
        ("application/json", JSON),
        ("text/html,application/xhtml+xml,*/*;q=0.8", FHIR_JSON),
        ("application/fhir+xml, application/json;q=0.5", FHIR_XML),
        ("application/fhir+xml;q=0.5, application/json;q=0.7", JSON),
        ("application/json;q=0.1, application/fhir+json;q=0.9", FHIR_JSON),
        ("APPLICATION/FHIR+JSON", FHIR_JSON),
        ("APPLICATION/FHIR+XML;charset=UTF-8", FHIR_XML),
        ("application/xml", "application/xml"),
        ("text/xml", "text/xml"),
        ("application/*", FHIR_JSON),
        ("*/*, application/fhir+xml", FHIR_XML),
        ("application/fhir+json;q=0, application/json;q=0, */*", FHIR_XML),
        ("application/fhir+xml;q=0, */*;q=0.1", FHIR_JSON),
        ("application/fhir+xml;fhirVersion=4.0, application/fhir+json;fhirVersion=5.0", FHIR_XML),
        ("application/fhir+ndjson", FHIR_JSON),
        ("application/fhir+xml;q=x", FHIR_XML),
        ("text/turtle, application/fhir+xml;q=0.001", FHIR_XML),
    ],
)
def test_accept_chooses_a_format(accept: str | None, expected: str) -> None:
    assert response_type(None, accept) == expected


@pytest.mark.parametrize(
    "accept",
    [
        "text/turtle",
        "text/html, image/*",
        "application/fhir+json;fhirVersion=3.0",
        "application/fhir+xml; fhirVersion=5.0",
        "application/fhir+json;q=0",
        "*/*;q=0",
        ", ,",
    ],
)
def test_what_is_no_format_of_r4_is_not_acceptable(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        response_type(None, accept)


@pytest.mark.parametrize("format", ["json", "application/fhir json", "application/fhir+json"])
def test_format_goes_before_accept(format: str) -> None:
    assert response_type(format, "application/fhir+xml") == FHIR_JSON


@pytest.mark.parametrize("format", ["xml", "application/fhir xml", "application/fhir+xml"])
def test_format_may_ask_for_xml(format: str) -> None:
    assert response_type(format, "application/fhir+json") == FHIR_XML


@pytest.mark.parametrize("format", ["html", "ttl", "", "*/*", "application/fhir+xml;fhirVersion=3"])
def test_other_format_is_refused_whatever_is_accepted(format: str) -> None:
    with pytest.raises(NotAcceptable):
        response_type(format, "*/*")


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/fhir+json", "application/json; charset=UTF-8", "Application/JSON"],
)
def test_json_bodies_are_read(content_type: str | None) -> None:
    check_body_type(content_type)
    assert not is_xml_body(content_type)


@pytest.mark.parametrize(
    "content_type",
    ["application/fhir+xml", "text/xml", 'application/xml;charset="utf-8"', "APPLICATION/FHIR+XML"],
)
def test_xml_bodies_are_read(content_type: str) -> None:
    assert is_xml_body(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        "application/json; charset=latin-1",
        "application/fhir+xml; charset=utf-16",
        "application/fhir+xml; fhirVersion=3.0",
        "application/xml-patch+xml",
        "text/html",
        "json",
    ],
)
def test_other_bodies_are_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        check_body_type(content_type)
    with pytest.raises(UnsupportedMedia):
        is_xml_body(content_type)


def test_errors_are_written_whatever_is_accepted() -> None:
    assert error_format(None, None, "image/png") == Wanted()
    assert error_format("xml", "true", "image/png") == Wanted(FHIR_XML, pretty=True)
    assert error_format("xml", "perhaps", None) == Wanted()


def test_pretty_is_true_or_false() -> None:
    assert is_pretty("true")
    assert not is_pretty(None)
    with pytest.raises(BadRequest):
        is_pretty("yes")
