"""Schemas of request bodies as JSON Schema, for the OpenAPI description.

Source: https://spec.openapis.org/oas/v3.1.0 (a Schema Object is JSON Schema 2020-12).
"""

from collections.abc import Sequence
from typing import cast

from marshmallow import Schema, fields, missing, validate

from fhir_server.http.forms.transport import KINDS, TransportField

TYPES: Sequence[tuple[type, str]] = (
    (fields.Integer, "integer"),
    (fields.Boolean, "boolean"),
    (fields.String, "string"),
)
LISTS, TEXTS = ("minItems", "maxItems"), ("minLength", "maxLength")
Description = dict[str, object]


def described(schema: Schema) -> Description:
    """Return the JSON Schema of a form."""
    members = {name: _field(one) for name, one in schema.fields.items()}
    required = [name for name, one in schema.fields.items() if one.required]
    told: Description = {
        "type": "object",
        "description": (schema.__doc__ or "").strip(),
        "properties": members,
        "additionalProperties": False,
    }
    return told | ({"required": required} if required else {})


def _field(field: object) -> Description:
    if isinstance(field, TransportField):
        return {"oneOf": [_kind(kind, schema()) for kind, schema in KINDS.items()]}
    if isinstance(field, fields.Nested):
        return described(field.schema)
    if isinstance(field, fields.List):
        return {"type": "array", "items": _field(field.inner)} | _limits(field.validators, LISTS)
    if isinstance(field, fields.Dict):
        values = field.value_field
        return {"type": "object"} | ({"additionalProperties": _field(values)} if values else {})
    if not isinstance(field, fields.Field):
        raise TypeError(type(field).__name__)
    kind = next(name for type_, name in TYPES if isinstance(field, type_))
    default = field.load_default
    known = {} if default is missing or callable(default) else {"default": default}
    return {"type": kind} | _limits(field.validators, TEXTS) | known


def _kind(kind: str, schema: Schema) -> Description:
    told = described(schema)
    members = cast("Description", told["properties"])
    known: Description = {"kind": {"const": kind}}
    required = [*cast("list[str]", told.get("required", [])), *(["kind"] * (kind != "directory"))]
    return told | {"properties": known | members, "required": required}


def _limits(validators: Sequence[object], lengths: tuple[str, str]) -> Description:
    """Return what the validators of a field say, as far as JSON Schema has words for it."""
    told: Description = {}
    for one in validators:
        if isinstance(one, validate.Length):
            told |= _bounds(lengths, one.min, one.max)
        elif isinstance(one, validate.Range):
            told |= _bounds(("minimum", "maximum"), one.min, one.max)
        elif isinstance(one, validate.OneOf):
            told["enum"] = list(one.choices)
        elif isinstance(one, validate.Regexp):
            pattern = cast("str", one.regex.pattern).replace("\\Z", "$")
            told["pattern"] = f"^(?:{pattern})"
    return told


def _bounds(names: tuple[str, str], least: object, most: object) -> Description:
    pairs = zip(names, (least, most), strict=True)
    return {name: value for name, value in pairs if value is not None}
