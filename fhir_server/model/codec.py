"""JSON text to resource and back, keeping what was written.

Source: https://hl7.org/fhir/R4/json.html. Decimals keep their digits and spelling, integers their
size, members their order. A fast C decoder does the work; the decoded value is encoded again and
compared with the text without its white space. When they are the same bytes, nothing was lost: no
duplicate member, no respelled number. When they differ (escapes, exponents, duplicates) a
stricter, slower reader decides.
"""

import json
from decimal import (
    Clamped,
    Context,
    Decimal,
    DecimalException,
    InvalidOperation,
    Overflow,
    Rounded,
    Subnormal,
)
from typing import cast

import msgspec

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Malformed, TooLarge

MAX_DEPTH = 64
ANSWER_DEPTH = MAX_DEPTH + 8
"""Levels in text of our own: a Bundle adds some to those of a stored resource."""
MAX_EXPONENT = 400
MAX_DIGITS = 4300
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SpelledDecimal(Decimal):
    """A decimal whose text differs from Python's spelling of it: `1e3`, `0.0000001`, `-0`."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> "SpelledDecimal":
        """Return the number with its text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __reduce__(self) -> tuple[type["SpelledDecimal"], tuple[str]]:
        return SpelledDecimal, (self.text,)

    def __copy__(self) -> "SpelledDecimal":
        return self

    def __deepcopy__(self, memo: object) -> "SpelledDecimal":
        return self


def decode(data: bytes, *, limit: int | None = None, max_depth: int = MAX_DEPTH) -> JsonObject:
    """Return the JSON object of a body of at most `limit` bytes; text of our own needs no limit.

    Raises TooLarge, or Malformed (diagnostics give the byte where known) for anything that is not
    one JSON object in UTF-8: also duplicate members, NaN, lone surrogates, more than `max_depth`
    levels, numbers beyond MAX_DIGITS or MAX_EXPONENT. A byte order mark is tolerated.
    """
    if limit is not None and len(data) > limit:
        raise TooLarge(f"the body has {len(data)} bytes, the limit is {limit}")
    value = decode_value(data, max_depth=max_depth)
    if not isinstance(value, dict):
        raise Malformed("the body is JSON but not an object")
    return value


def decode_value(data: bytes, *, max_depth: int = MAX_DEPTH) -> JsonValue:
    """Return the JSON value of a text that need not be an object, such as a JSON Patch.

    Raises Malformed as `decode` does.
    """
    data = data.removeprefix(BYTE_ORDER_MARK)
    value = _decode_fast(data)
    if data.count(b"{") + data.count(b"[") > max_depth:
        _check_depth(data, max_depth)
    again = _ENCODER.encode(value)
    if again == data or again == msgspec.json.format(data, indent=-1):
        return value
    return _decode_strictly(data)


def encode(resource: JsonObject) -> bytes:
    """Return the resource as compact UTF-8 JSON, numbers spelled as they were read."""
    return _ENCODER.encode(resource)


def encode_value(value: JsonValue) -> bytes:
    """Return a value of a resource as `encode` writes it there."""
    return _ENCODER.encode(value)


def encode_alike(resource: JsonObject) -> bytes:
    """Return the same bytes for resources that say the same: members in one order, all else kept.

    The order of an object's members has no meaning (https://hl7.org/fhir/R4/json.html); the digits
    of a number have.
    """
    return _ALIKE.encode(resource)


def _decode_fast(data: bytes) -> JsonValue:
    try:
        return cast("JsonValue", _DECODER.decode(data))  # every JSON text is a JsonValue
    except UnicodeDecodeError:
        raise Malformed("the body is not valid UTF-8") from None
    except RecursionError:
        raise Malformed(f"the body is nested deeper than {MAX_DEPTH} levels") from None
    except DecimalException:
        raise Malformed("a number of the body is out of range") from None
    except msgspec.DecodeError as error:
        raise Malformed(f"the body is not JSON: {error}") from None


def _check_depth(data: bytes, max_depth: int) -> None:
    """Refuse deep nesting: one space is indented per level, so a long indent betrays it."""
    too_deep = b"\n" + b" " * (max_depth + 1)
    if too_deep in msgspec.json.format(data, indent=1):
        raise Malformed(f"the body is nested deeper than {max_depth} levels")


def _decode_strictly(data: bytes) -> JsonValue:
    return cast("JsonValue", _STRICT.decode(data.decode()))  # every JSON text is a JsonValue


def _members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                shown = name[:64] if name.isidentifier() else "a member"
                raise Malformed(f"{shown} appears twice in one object", detail="duplicate-key")
            seen.add(name)
    return members


def read_decimal(text: str) -> Decimal:
    """Return the number of a JSON text with its spelling. Raises Malformed out of range."""
    try:
        number = _NUMBERS.create_decimal(text)
    except DecimalException:
        raise Malformed("a number of the body is out of range") from None
    return number if str(number) == text else SpelledDecimal(text)


def read_integer(text: str) -> int | Decimal:
    """Return the whole number of a JSON text. Raises Malformed out of range."""
    if len(text) > MAX_DIGITS:
        raise Malformed("a number of the body is out of range")
    return SpelledDecimal(text) if text == "-0" else int(text)


def _spelled(value: object) -> msgspec.Raw:
    if isinstance(value, SpelledDecimal):
        return msgspec.Raw(value.text.encode())
    raise TypeError(f"{type(value).__name__} is not JSON")


# what would not fit is an error, never rounded: a giant exponent is a trap for later arithmetic
_NUMBERS = Context(
    prec=MAX_DIGITS,
    Emax=MAX_EXPONENT,
    Emin=-MAX_EXPONENT,
    traps=[Clamped, InvalidOperation, Overflow, Rounded, Subnormal],
)
_DECODER = msgspec.json.Decoder(float_hook=_NUMBERS.create_decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number", enc_hook=_spelled)
_ALIKE = msgspec.json.Encoder(decimal_format="number", enc_hook=_spelled, order="sorted")
_STRICT = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=read_decimal, parse_int=read_integer
)
