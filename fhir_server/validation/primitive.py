"""The primitive types of R4: their JSON type, format and range, one row a type.

Source: https://hl7.org/fhir/R4/datatypes.html#primitive. Where that regex lets an impossible day
through, this one does not. Patterns are written for both Python's and Rust's engines: no
lookaround, explicit ASCII classes, to be matched against the whole text. Python's engine keeps
some hundred bytes for each turn of a repeated group, so such patterns have a twin in plain Python.
"""

import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from fhir_server.model.resource import JsonValue
from fhir_server.validation.narrative import is_safe_narrative

JsonType = Literal["string", "boolean", "integer", "number"]

MAX_STRING = 1024 * 1024
_YEAR = "(?:[0-9](?:[0-9](?:[0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)"
_LEAP_YEAR = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_MONTH_DAY = (
    "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_DAY = f"(?:{_YEAR}-{_MONTH_DAY}|{_LEAP_YEAR}-02-29)"
_DATE = f"(?:{_DAY}|{_YEAR}(?:-(?:0[1-9]|1[0-2]))?)"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_TEXT = r"[^\x00-\x08\x0b\x0c\x0e-\x1f]+"
_UNBROKEN = r"[^\x00-\x20]+"
_GAP = r"[ \t\r\n]*"
_SIX_BITS = f"[A-Za-z0-9+/]{_GAP}"
_PADDED = f"(?:(?:{_SIX_BITS}){{2}}={_GAP}=|(?:{_SIX_BITS}){{3}}=){_GAP}"
_BASE64 = f"{_GAP}(?:(?:(?:{_SIX_BITS}){{4}})+(?:{_PADDED})?|{_PADDED})"
_WITHOUT_GAPS = dict.fromkeys(map(ord, " \t\r\n"))
_PRINTABLE = re.compile(r"[^\x00-\x1f]+")
_ARC = re.compile("0|[1-9][0-9]*")


@dataclass(frozen=True)
class Primitive:
    """The rule of one primitive type.

    `pattern` matches the whole text; `minimum` and `maximum` bound integers. `form` is the test in
    Python that stands for the pattern, or for the lack of one.
    """

    json: JsonType
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int | None = None
    form: Callable[[str], bool] | None = None

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern or "")

    def has_json_type(self, value: JsonValue) -> bool:
        """Whether the value is of the JSON type; `2.0` is a number but no integer."""
        if self.json == "string":
            return isinstance(value, str)
        if self.json == "boolean":
            return isinstance(value, bool)
        if isinstance(value, bool):
            return False
        return isinstance(value, int if self.json == "integer" else (int, Decimal))

    def has_format(self, value: JsonValue) -> bool:
        """Whether a value of the right JSON type has the type's format and range."""
        if isinstance(value, str):
            return self._is_formed(value)
        if isinstance(value, int) and self.minimum is not None and self.maximum is not None:
            return self.minimum <= value <= self.maximum
        return True

    def _is_formed(self, value: str) -> bool:
        if self.max_length is not None and len(value) > self.max_length:
            return False
        if self.form is not None:
            return self.form(value)
        return self.pattern is None or self._compiled.fullmatch(value) is not None


def is_base64(value: str) -> bool:
    """Whether the text is base64 with its padding; white space may stand anywhere."""
    compact = value.translate(_WITHOUT_GAPS)
    try:
        return bool(compact) and binascii.a2b_base64(compact, strict_mode=True) is not None
    except ValueError:
        return False


def is_code(value: str) -> bool:
    """Whether the text is words with single spaces between them."""
    is_trim = not (value.startswith(" ") or value.endswith(" ") or "  " in value)
    return is_trim and _PRINTABLE.fullmatch(value) is not None


def is_oid(value: str) -> bool:
    """Whether the text is a URN of an object identifier."""
    root, *arcs = value.removeprefix("urn:oid:").split(".")
    return (
        value.startswith("urn:oid:")
        and root in {"0", "1", "2"}
        and bool(arcs)
        and all(_ARC.fullmatch(arc) for arc in arcs)
    )


PRIMITIVES: Mapping[str, Primitive] = {
    "base64Binary": Primitive("string", _BASE64, form=is_base64),
    "boolean": Primitive("boolean"),
    "canonical": Primitive("string", _UNBROKEN),
    "code": Primitive("string", f"{_UNBROKEN}(?: {_UNBROKEN})*", form=is_code),
    "date": Primitive("string", _DATE),
    "dateTime": Primitive("string", f"(?:{_DATE}|{_DAY}T{_TIME}{_ZONE})"),
    "decimal": Primitive("number"),
    "id": Primitive("string", r"[A-Za-z0-9\-.]{1,64}"),
    "instant": Primitive("string", f"{_DAY}T{_TIME}{_ZONE}"),
    "integer": Primitive("integer", minimum=-(2**31), maximum=2**31 - 1),
    "markdown": Primitive("string", _TEXT, max_length=MAX_STRING),
    "oid": Primitive("string", r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+", form=is_oid),
    "positiveInt": Primitive("integer", minimum=1, maximum=2**31 - 1),
    "string": Primitive("string", _TEXT, max_length=MAX_STRING),
    "time": Primitive("string", _TIME),
    "unsignedInt": Primitive("integer", minimum=0, maximum=2**31 - 1),
    "uri": Primitive("string", _UNBROKEN),
    "url": Primitive("string", _UNBROKEN),
    "uuid": Primitive(
        "string", "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    ),
    "xhtml": Primitive("string", form=is_safe_narrative),
}
