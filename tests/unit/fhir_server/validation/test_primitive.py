"""Each primitive type accepts its format and nothing else."""

from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonValue
from fhir_server.validation.primitive import MAX_STRING, PRIMITIVES
from profiles.loader import load


def is_valid(name: str, value: JsonValue) -> bool:
    primitive = PRIMITIVES[name]
    return primitive.has_json_type(value) and primitive.has_format(value)


def test_every_primitive_type_of_r4_has_a_rule() -> None:
    definitions = load()
    used = {
        option.type
        for name in definitions.resource_types
        for element in definitions.type(name).elements
        for option in element.types
        if option.type != "Resource" and definitions.kind(option.type) == "primitive"
    }
    assert used <= set(PRIMITIVES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base64Binary", "QQ=="),
        ("base64Binary", "QUI="),
        ("base64Binary", " QU\r\nJD "),
        ("boolean", True),
        ("canonical", "http://example.org/x|1.0#y"),
        ("code", "a"),
        ("code", "a b"),
        ("date", "2000-02-29"),
        ("date", "1973-06"),
        ("date", "0001"),
        ("dateTime", "2020-02-29T23:59:60.123+14:00"),
        ("dateTime", "2020"),
        ("decimal", 1),
        ("decimal", Decimal("-0.00")),
        ("decimal", 10**40),
        ("id", "A-1.b"),
        ("instant", "2020-01-01T00:00:00Z"),
        ("integer", -(2**31)),
        ("markdown", "# a\n\nb"),
        ("oid", "urn:oid:1.2.3.0"),
        ("positiveInt", 1),
        ("string", "a" * MAX_STRING),
        ("time", "23:59:59.9"),
        ("unsignedInt", 0),
        ("uri", "urn:x"),
        ("uri", "été"),
        ("url", "mailto:a@b"),
        ("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
    ],
)
def test_value_of_the_format_is_accepted(name: str, value: JsonValue) -> None:
    assert is_valid(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base64Binary", "A"),
        ("base64Binary", "QQ="),
        ("base64Binary", "Q=Q="),
        ("base64Binary", "===="),
        ("base64Binary", "QQ==QQ=="),
        ("base64Binary", "   "),
        ("base64Binary", "QU-_"),
        ("boolean", "true"),
        ("boolean", 0),
        ("canonical", "a b"),
        ("code", " a"),
        ("code", "a "),
        ("code", "a\tb"),
        ("date", "2020-04-31"),
        ("date", "2100-02-29"),
        ("date", "20-01-01"),
        ("date", "2020-01-01\n"),
        ("date", "٢٠٢٠"),
        ("dateTime", "2020-01-01T10:00:00"),
        ("dateTime", "2020-01-01T10:00:00+14:01"),
        ("dateTime", "2020-01-01 10:00:00Z"),
        ("dateTime", "2020-01-01T10:00:00.Z"),
        ("decimal", "1"),
        ("decimal", True),
        ("id", ""),
        ("id", "a" * 65),
        ("id", "ä"),
        ("instant", "2020-01-01T00:00Z"),
        ("integer", 2**31),
        ("integer", Decimal(1)),
        ("markdown", "a\x00"),
        ("oid", "urn:oid:3.1"),
        ("oid", "1.2.3"),
        ("positiveInt", 0),
        ("string", ""),
        ("string", "a" * (MAX_STRING + 1)),
        ("string", "a\x1f"),
        ("time", "24:00:00"),
        ("time", "10:00"),
        ("time", "10:00:00Z"),
        ("unsignedInt", -1),
        ("uri", "a b"),
        ("uri", "a\n"),
        ("uuid", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520"),
        ("uuid", "c757873d-ec9a-4326-a141-556f43239520"),
        ("xhtml", "<div/>"),
    ],
)
def test_value_of_another_format_is_refused(name: str, value: JsonValue) -> None:
    assert not is_valid(name, value)
