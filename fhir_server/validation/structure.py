"""Structural validation: whether the JSON is a resource of its type.

Elements, JSON types, cardinality, formats and required codes are judged; invariants, profiles and
terminology services are not (https://hl7.org/fhir/R4/validation.html).
"""

from typing import Protocol

import jsonschema_rs

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Issue
from fhir_server.validation.finding import Findings
from fhir_server.validation.local import dangling
from fhir_server.validation.primitive import PRIMITIVES
from fhir_server.validation.schema import format_name, has_nested_resources, resource_schema
from fhir_server.validation.value import Values
from fhir_server.validation.walk import Walk
from profiles.loader import Definitions

FORMATS = {format_name(name): rule.form for name, rule in PRIMITIVES.items() if rule.form}
UNTYPED = "Resource"
MAX_SCHEMAS = 64
"""Compiled schemas kept, about 1 MB each; the oldest makes room (a compilation takes 4 ms)."""


class Schema(Protocol):
    """A compiled schema."""

    def is_valid(self, instance: object, /) -> bool:
        """Whether the instance conforms."""
        ...


class Undecided:
    """Stands for the schema of a type that no schema can judge alone: Bundle, Parameters."""

    def is_valid(self, _instance: object, /) -> bool:
        """Leave every instance to the walk."""
        return False


class Validator:
    """Judges resources of every R4 type; schemas are compiled when a type is first met.

    One instance serves all threads of a process.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._schemas: dict[tuple[str, bool], Schema] = {}

    def check(self, resource: JsonObject, *, entries: bool = True) -> tuple[Issue, ...]:
        """Return what is wrong with a resource, nothing when it is valid.

        The resources inside a Bundle or Parameters are judged too unless `entries` is False.
        """
        if self.accepts(resource):
            return ()
        findings = Findings([])
        values = Values(self._definitions, findings)
        name = resource.get("resourceType")
        is_known = isinstance(name, str) and self._definitions.is_resource_type(name)
        path = name if isinstance(name, str) and is_known else UNTYPED
        Walk(self._definitions, findings, values, self.accepts, entries).resource(resource, path)
        return tuple(findings.issues)

    def accepts(self, resource: JsonObject) -> bool:
        """Whether the schema alone can tell that the resource is valid; False means walk it."""
        contained = resource.get("contained")
        if contained is None:
            return self._conforms(resource, is_local=False)
        return (
            isinstance(contained, list)
            and self._conforms(resource, is_local=True)
            and all(
                isinstance(inner, dict)
                and "contained" not in inner
                and self._conforms(inner, is_local=True)
                for inner in contained
            )
            and not any(dangling(resource))
        )

    def _conforms(self, resource: JsonObject, *, is_local: bool) -> bool:
        name = resource.get("resourceType")
        if not isinstance(name, str) or not self._definitions.is_resource_type(name):
            return False
        return _conforms(self._schema(name, is_local=is_local), resource)

    def _schema(self, name: str, *, is_local: bool) -> Schema:
        key = (name, is_local)
        schema = self._schemas.get(key)
        if schema is None:
            if len(self._schemas) >= MAX_SCHEMAS:
                oldest = tuple(self._schemas)[0]  # noqa: RUF015 - iterating would race with threads
                self._schemas.pop(oldest, None)
            schema = self._schemas[key] = self._compile(name, is_local=is_local)
        return schema

    def _compile(self, name: str, *, is_local: bool) -> Schema:
        if has_nested_resources(self._definitions, name):
            return Undecided()
        return jsonschema_rs.Draft4Validator(
            resource_schema(self._definitions, name, is_local=is_local),
            formats=FORMATS,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )


def _conforms(schema: Schema, resource: JsonObject) -> bool:
    try:
        return schema.is_valid(resource)
    except ValueError:  # a number kept in its own spelling is foreign to the schema engine
        return False
