"""A JSON Schema for a resource type, generated from its definition: the fast way to say yes.

Draft 4, whose integers exclude `2.0`. The schema never accepts what the walk refuses, but it may
refuse rare good resources, which the walk then accepts: nulls, `_name` beside an array, a
required primitive given by extensions only, numbers kept in their own spelling. Resources
inside resources are left out altogether.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.primitive import MAX_STRING, PRIMITIVES, Primitive
from fhir_server.validation.value import has_sibling
from profiles.definition import CodeList, Element, TypeDefinition, TypeOption
from profiles.loader import Definitions

SIBLING = "_"
ELSEWHERE = r"^[^#\x00-\x08\x0b\x0c\x0e-\x1f][^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
"""The form of a reference that does not begin with `#`."""
NESTED: JsonObject = {"type": "object"}


@dataclass(frozen=True, slots=True)
class SchemaBuilder:
    """Gathers the definitions one schema needs; each complex type appears once."""

    definitions: Definitions
    is_local: bool = False
    types: JsonObject = field(default_factory=dict)

    def root(self, name: str) -> JsonObject:
        """Return the schema of a resource type."""
        schema = self._object(self.definitions.type(name))
        self.types[SIBLING] = self._sibling()
        while pending := self._pending():
            for missing in pending:
                self.types[missing] = self._object(self.definitions.type(missing))
        return {**schema, "definitions": self.types}

    def _pending(self) -> list[str]:
        return [name for name, schema in self.types.items() if schema is None]

    def _reference(self, name: str) -> JsonObject:
        self.types.setdefault(name, None)
        return {"$ref": f"#/definitions/{name}"}

    def _object(self, definition: TypeDefinition) -> JsonObject:
        properties: JsonObject = {}
        required: list[JsonValue] = []
        rules: list[JsonValue] = []
        dependencies: JsonObject = {}
        if definition.kind == "resource":
            properties["resourceType"] = {"enum": [definition.name]}
            required.append("resourceType")
        for element in definition.elements:
            for option in element.types:
                properties.update(self._properties(element, option))
            if element.is_choice and definition.name != "Extension":
                rules += _choice(element, dependencies)
            elif element.min:
                required.append(element.name)
        if definition.name == "Extension":
            rules.append(_value_or_extensions(definition))
        schema: JsonObject = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            "minProperties": 1,
        }
        optional: JsonObject = {
            "required": required,
            "allOf": rules,
            "dependencies": dependencies,
        }
        return {**schema, **{key: value for key, value in optional.items() if value}}

    def _properties(self, element: Element, option: TypeOption) -> Iterator[tuple[str, JsonValue]]:
        one = self._one(element, option)
        if not element.repeats:
            yield option.key, one
            if has_sibling(element, option):
                yield f"_{option.key}", self._reference(SIBLING)
            return
        array: JsonObject = {"type": "array", "items": one, "minItems": max(1, element.min)}
        if element.max is not None:
            array["maxItems"] = element.max
        yield option.key, array

    def _one(self, element: Element, option: TypeOption) -> JsonObject:
        codes = self.definitions.code_list(element.codes) if element.codes else None
        if option.type == "Resource":
            return NESTED
        if option.type not in PRIMITIVES:
            reference = self._reference(option.type)
            return {"allOf": [reference, _concept(codes)]} if codes else reference
        if codes:
            return {"enum": [*sorted(codes.codes)]}
        if option.key == "reference" and element.name == "reference" and not self.is_local:
            return {"type": "string", "pattern": ELSEWHERE, "maxLength": MAX_STRING}
        return primitive_schema(option.type, PRIMITIVES[option.type])

    def _sibling(self) -> JsonObject:
        extensions: JsonObject = {"type": "array", "items": self._reference("Extension")}
        return {
            "type": "object",
            "properties": {
                "id": primitive_schema("string", PRIMITIVES["string"]),
                "extension": {**extensions, "minItems": 1},
            },
            "additionalProperties": False,
            "minProperties": 1,
        }


def resource_schema(definitions: Definitions, name: str, *, is_local: bool = False) -> JsonObject:
    """Return the JSON Schema (draft 4) of a resource type.

    `is_local` lets references to contained resources through, for who looks at them otherwise.
    """
    return SchemaBuilder(definitions, is_local).root(name)


def primitive_schema(name: str, primitive: Primitive) -> JsonObject:
    """Return the JSON Schema of a primitive type; `format` names a test no pattern can make."""
    rules: JsonObject = {
        "pattern": f"^(?:{primitive.pattern})$" if primitive.pattern else None,
        "minimum": primitive.minimum,
        "maximum": primitive.maximum,
        "maxLength": primitive.max_length,
        "format": format_name(name) if primitive.form and not primitive.pattern else None,
    }
    return {"type": primitive.json, **{k: v for k, v in rules.items() if v is not None}}


def format_name(primitive: str) -> str:
    """Return the schema's name for the test of a primitive type."""
    return f"fhir-{primitive}"


def has_nested_resources(definitions: Definitions, name: str) -> bool:
    """Whether a type holds resources other than contained ones (Bundle, Parameters)."""
    for element in definitions.type(name).elements:
        for option in element.types:
            if option.type == "Resource" and element.name != "contained":
                return True
            is_part = option.type.startswith(f"{name}.")
            if is_part and has_nested_resources(definitions, option.type):
                return True
    return False


def _choice(element: Element, dependencies: JsonObject) -> list[JsonValue]:
    """Return the rule that one type is chosen; an optional choice is judged only when given."""
    exactly_one: JsonObject = {"oneOf": [_given(element, option) for option in element.types]}
    if element.min:
        return [exactly_one]
    if len(element.types) > 1:
        for option in element.types:
            dependencies[option.key] = exactly_one
            if has_sibling(element, option):
                dependencies[f"_{option.key}"] = exactly_one
    return []


def _given(element: Element, option: TypeOption) -> JsonObject:
    given: JsonObject = {"required": [option.key]}
    if not has_sibling(element, option):
        return given
    return {"anyOf": [given, {"required": [f"_{option.key}"]}]}


def _value_or_extensions(definition: TypeDefinition) -> JsonObject:
    """Return the rule of Extension; with a url and one more member there is nothing to count."""
    value = next(element for element in definition.elements if element.is_choice)
    one_of = [_given(value, option) for option in value.types]
    simple: JsonObject = {"minProperties": 2, "maxProperties": 2, "not": {"required": ["id"]}}
    return {"anyOf": [simple, {"oneOf": [{"required": ["extension"]}, *one_of]}]}


def _concept(codes: CodeList) -> JsonObject:
    """Return the rule of a required binding on a CodeableConcept."""
    bound: list[JsonValue] = [
        {
            "required": ["system", "code"],
            "properties": {"system": {"enum": [system]}, "code": {"enum": [*sorted(members)]}},
        }
        for system, members in sorted(codes.systems.items())
    ]
    some_bound: JsonObject = {"not": {"items": {"not": {"anyOf": bound}}}}
    silent: JsonObject = {"not": {"anyOf": [{"required": ["coding"]}, {"required": ["text"]}]}}
    spoken: JsonObject = {"required": ["coding"], "properties": {"coding": some_bound}}
    return {"anyOf": [silent, spoken]}
