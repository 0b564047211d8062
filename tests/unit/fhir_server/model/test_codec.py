"""The codec keeps what was written and refuses what is no resource."""

import copy
import pickle
from decimal import Decimal

import pytest

from fhir_server.model.codec import MAX_DEPTH, SpelledDecimal, decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Malformed, TooLarge


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


@pytest.mark.parametrize(
    "number",
    [
        "1.10",
        "80.00",
        "1e3",
        "1E+3",
        "1e-7",
        "0.0000001",
        "-0",
        "-0.0",
        "1.0E5",
        "123456789.123456789012345",
        "123456789012345678901234567890",
        "0.1000",
    ],
)
def test_number_is_written_as_it_was_read(number: str) -> None:
    body = f'{{"a":{number}}}'.encode()
    assert encode(decode(body)) == body


def test_number_in_own_spelling_is_the_same_number() -> None:
    assert decode(b'{"a":1e3}')["a"] == Decimal(1000)


def test_number_in_own_spelling_survives_copies() -> None:
    number = SpelledDecimal("1e3")
    for same in (copy.copy(number), copy.deepcopy(number), pickle.loads(pickle.dumps(number))):
        assert (same, same.text) == (number, "1e3")


def test_result_of_arithmetic_is_an_ordinary_decimal() -> None:
    assert encode({"a": SpelledDecimal("1e3") + 1}) == b'{"a":1001}'


def test_members_keep_their_order() -> None:
    assert list(decode(b'{"b":1,"a":2,"c":{"z":1,"y":2}}')) == ["b", "a", "c"]


def test_white_space_and_byte_order_mark_are_tolerated() -> None:
    assert decode(b'\xef\xbb\xbf {\n "a" : [ 1 , 2.0 ] } ') == {"a": [1, Decimal("2.0")]}


def test_escapes_are_read() -> None:
    assert decode(rb'{"a":"\u00e9\/\ud83d\ude00"}') == {"a": "é/😀"}


def test_an_exponent_inside_a_text_is_only_text() -> None:
    body = b'{"a":"3E+4","b":"E-1"}'
    assert encode(decode(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"c":2,"b":3}}',
        b'{"a":[{"b":1},{"b":1,"b":2}]}',
        b'{ "a" : 1, "a" : 2 }',
        rb'{"a":"\u00e9","b":1,"b":1}',
        rb'{"a":1,"\u0061":2}',
        rb'{"a":1,"a":"\u0022:"}',
        b'{"a":1e3,"a":1e3}',
    ],
)
def test_duplicate_members_are_refused(body: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        decode(body)
    assert refused.value.issues[0].detail == "duplicate-key"


def test_a_member_may_recur_in_another_object() -> None:
    assert decode(b'{"a":[{"b":1},{"b":2}],"b":3}')["b"] == 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"not json",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":01}',
        b'{"a":1.}',
        b'{"a":.5}',
        b'{"a":+1}',
        b'{"a":1,}',
        b"{'a':1}",
        b'{"a":1} x',
        b'{"a":1}{"b":2}',
        b'{"a":"\x01"}',
        rb'{"a":"\ud800"}',
        rb'{"\udc00":1}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":1e9999999999999999999}',
        b'{"a":1e401}',
        b'{"a":1E+401}',
        b'{"a":1e-9999}',
        b'{"a":1.0E+999999999}',
        b'{"a":0E+999999999}',
        b'{"a":0.' + b"0" * 500 + b"1}",
        b'{"a":1.' + b"3" * 5000 + b"}",
        b'{"a":' + b"9" * 5000 + b"}",
        b"[]",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'"text"',
        b"1",
        b"null",
    ],
)
def test_what_is_no_json_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(body)


def test_position_of_the_fault_is_told() -> None:
    with pytest.raises(Malformed, match=r"byte 5"):
        decode(b'{"a":NaN}')


def test_depth_is_limited() -> None:
    assert "a" in decode(nested(MAX_DEPTH))
    with pytest.raises(Malformed, match="deeper"):
        decode(nested(MAX_DEPTH + 1))


def test_many_objects_side_by_side_are_not_deep() -> None:
    body = b'{"a":[' + b",".join([b'{"b":[]}'] * 200) + b"]}"
    assert encode(decode(body)) == body


def test_braces_in_a_text_are_not_depth() -> None:
    assert decode(b'{"a":"' + b"{[" * 200 + b'"}')["a"] == "{[" * 200


def test_size_is_limited() -> None:
    body = b'{"a":"' + b"x" * 100 + b'"}'
    assert decode(body, limit=len(body))["a"] == "x" * 100
    with pytest.raises(TooLarge):
        decode(body, limit=len(body) - 1)


def test_values_are_not_repeated_in_diagnostics() -> None:
    with pytest.raises(Malformed) as refused:
        decode(b'{"name":"Secret","name":"Secret"}')
    assert "Secret" not in str(refused.value)


def test_what_is_not_json_is_not_encoded() -> None:
    broken: JsonObject = {"a": 1}
    broken["b"] = object()  # type: ignore[assignment]  # the point of the test
    with pytest.raises(TypeError, match="object is not JSON"):
        encode(broken)


def test_text_of_our_own_has_no_limit() -> None:
    assert len(str(decode(b'{"a": "%s"}' % (b"x" * 40_000_000))["a"])) == 40_000_000
