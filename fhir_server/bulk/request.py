"""The kick-off of a system export: what is asked for, and what the client may take.

Source: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-kick-off-request.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, Forbidden, Issue, UnknownParameter
from fhir_server.security.scope import ANY_TYPE, is_granted

T = TypeVar("T")
NDJSON = "application/fhir+ndjson"
FORMATS = (NDJSON, "application/ndjson", "ndjson")
PERMISSIONS = "rs"
"""Who exports a type reads and searches it."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What an export holds: its types in order, and since when (microseconds since 1970).

    `since` is None for everything. `notes` are parameters let pass by `handling=lenient`; they
    are told in the manifest's `error` files.
    """

    types: tuple[str, ...]
    since: int | None = None
    notes: tuple[Issue, ...] = ()


class Reading:
    """Reads parameters one by one; lenient handling notes what strict handling refuses."""

    def __init__(self, *, is_lenient: bool) -> None:
        self._is_lenient = is_lenient
        self.notes: list[Issue] = []

    def refuse(self, error: BadRequest) -> None:
        """Raise the error, or note it and go on when handling is lenient."""
        if not self._is_lenient:
            raise error
        self.notes += [
            Issue("warning", one.code, f"{one.diagnostics}; it was ignored", detail=one.detail)
            for one in error.issues
        ]


def parse_request(
    parameters: Sequence[tuple[str, str]],
    known_types: Sequence[str],
    scopes: tuple[str, ...],
    *,
    is_lenient: bool,
) -> ExportRequest:
    """Return what is asked for, narrowed to what the scopes allow.

    Without `_type` these are all types the scopes allow; a type named must be allowed. Raises
    BadRequest, UnknownParameter, Forbidden.
    """
    reading = Reading(is_lenient=is_lenient)
    readers: dict[str, Callable[[str], None]] = {}
    types: list[str] = []
    moments: list[int] = []
    readers["_type"] = lambda text: types.extend(_types(text, known_types, reading))
    readers["_since"] = lambda text: moments.append(_since(text))
    readers["_outputFormat"] = _check_format
    asked_types = False
    for name, text in parameters:
        if name in readers:
            readers[name](text)
            asked_types |= name == "_type"
        else:
            reading.refuse(_unknown(name))
    wanted = tuple(dict.fromkeys(types)) if asked_types else None
    allowed = allowed_types(wanted, known_types, scopes)
    return ExportRequest(allowed, max(moments, default=None), tuple(reading.notes))


def allowed_types(
    wanted: tuple[str, ...] | None, known_types: Sequence[str], scopes: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the types to export. Raises Forbidden when one named, or every one, is not allowed."""
    if wanted is None:
        allowed = tuple(one for one in known_types if may_export(one, scopes))
        if not allowed:
            raise _forbidden(ANY_TYPE)
        return allowed
    for one in wanted:
        if not may_export(one, scopes):
            raise _forbidden(one)
    return wanted


def may_export(type: str, scopes: tuple[str, ...]) -> bool:
    """Whether the scopes allow to export a type, `*` for all of them."""
    return all(is_granted(scopes, type, letter) for letter in PERMISSIONS)


def body_parameters(resource: JsonObject | None) -> list[tuple[str, str]]:
    """Return the parameters of a kick-off by POST as pairs, a value as its text.

    Raises BadRequest when the body is not a Parameters resource of simple values.
    """
    if resource is None:
        return []
    if resource.get("resourceType") != "Parameters":
        raise BadRequest("the body of $export is a Parameters resource", expression="Parameters")
    listed = resource.get("parameter", [])
    rows = listed if isinstance(listed, list) else [None]
    return [_pair(index, row) for index, row in enumerate(rows)]


def _pair(index: int, row: JsonValue) -> tuple[str, str]:
    values = [] if not isinstance(row, dict) else _values(row.items())
    name = row.get("name") if isinstance(row, dict) else None
    if not isinstance(name, str) or len(values) != 1 or not isinstance(values[0], str):
        raise BadRequest(
            "a parameter of $export has a name and one text value",
            expression=f"Parameters.parameter[{index}]",
        )
    return name, values[0]


def _values(members: Iterable[tuple[str, T]]) -> list[T]:
    return [value for name, value in members if name.startswith("value")]


def _types(text: str, known: Sequence[str], reading: Reading) -> list[str]:
    """Return the types of one `_type`, a comma between them."""
    found = [one.strip() for one in text.split(",") if one.strip()]
    for one in found:
        if one not in known:
            name = one[:64] if one.isalnum() else "a name"
            diagnostics = f"_type: {name} is not a resource type of R4"
            reading.refuse(BadRequest(diagnostics, detail="unknown-type"))
    return [one for one in found if one in known]


def _since(text: str) -> int:
    # an unescaped plus sign of the offset arrives as a space
    try:
        span = date_span(text.replace(" ", "+"))
    except ValueError:
        span = None
    if span is None or "T" not in text:
        raise BadRequest("_since must be an instant such as 2026-01-31T08:00:00Z")
    return span.low


def _check_format(text: str) -> None:
    if text.replace(" ", "+") not in FORMATS:
        raise BadRequest(
            f"_outputFormat must be one of {', '.join(FORMATS)}", detail="unsupported-format"
        )


def _unknown(name: str) -> UnknownParameter:
    shown = name[:64] if name.replace("_", "").isalnum() else "a parameter"
    return UnknownParameter(
        f"{shown} is not a parameter of this $export, which takes _type, _since and "
        "_outputFormat; send Prefer: handling=lenient to go on without"
    )


def _forbidden(type: str) -> Forbidden:
    return Forbidden(
        f"the token does not allow to export {type}; it would need the scope system/{type}.rs",
        detail="insufficient-scope",
    )
