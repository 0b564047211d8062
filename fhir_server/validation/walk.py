"""The exact judgement: walk a resource beside its definition and name every fault.

Source: https://hl7.org/fhir/R4/json.html and the element definitions of each type. The compiled
schema accepts most good resources without this walk; what it refuses is judged here.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.erratum import absence_severity
from fhir_server.validation.finding import Findings
from fhir_server.validation.local import dangling, is_patch_operation
from fhir_server.validation.primitive import PRIMITIVES
from fhir_server.validation.value import (
    Values,
    check_count,
    has_sibling,
    is_array,
    present_options,
)
from profiles.definition import CodeList, Element, TypeDefinition, TypeOption
from profiles.loader import Definitions

Accepts = Callable[[JsonObject], bool]
MAX_NAME = 64
SIBLING = TypeDefinition.of(
    "Element",
    "complex",
    (
        Element("id", 0, 1, (TypeOption("id", "string"),), bare=True),
        Element("extension", 0, None, (TypeOption("extension", "Extension"),)),
    ),
)


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk over one resource.

    `accepts` is a fast test that may spare the walk of a nested resource; with `enters` False the
    resources of Bundle entries and of Parameters are only checked for a known resourceType. With
    `in_patch` it is inside an operation of a patch, where local references lead elsewhere.
    """

    definitions: Definitions
    findings: Findings
    values: Values
    accepts: Accepts
    enters: bool = True
    in_patch: bool = False

    def resource(self, value: JsonValue, path: str, *, is_contained: bool = False) -> None:
        """Judge a resource: its type, its members, its references to what it contains."""
        if not isinstance(value, dict):
            self.findings.add("wrong-type", path, "must be a resource, a JSON object")
            return
        name = self._type_name(value, path)
        if name is None:
            return
        self._members(value, self.definitions.type(name), path)
        if not is_contained and not self.in_patch:
            for place in dangling(value):
                where = f"{path}{place.removeprefix(name)}"
                message = "no contained resource has this id"
                self.findings.add("dangling-reference", where, message)

    def _type_name(self, value: JsonObject, path: str) -> str | None:
        name = value.get("resourceType")
        if name is None:
            self.findings.add("missing-required", f"{path}.resourceType", "is required")
        elif not isinstance(name, str) or not self.definitions.is_resource_type(name):
            self.findings.add("unknown-type", f"{path}.resourceType", "is not an R4 resource type")
        else:
            return name
        return None

    def _members(self, owner: JsonObject, definition: TypeDefinition, path: str) -> None:
        if not owner:
            self.findings.add("empty-value", path, "an object must have a member")
            return
        for key in owner:
            if not (definition.kind == "resource" and key == "resourceType"):
                self._member(owner, definition, key, path)
        self._absences(owner, definition, path)

    def _member(self, owner: JsonObject, definition: TypeDefinition, key: str, path: str) -> None:
        name = key.removeprefix("_")
        found = definition.by_key.get(name)
        if found is None or (key != name and not has_sibling(*found)):
            place = f"{path}.{key}" if name.isidentifier() and len(key) <= MAX_NAME else path
            message = f"a member is no element of {definition.name}"
            self.findings.add("unknown-element", place, message)
            return
        element, option = found
        place = f"{path}.{_step(element, option)}"
        if option.type not in PRIMITIVES:
            self._complex(owner[key], element, option, place)
        elif key == name or name not in owner:
            for sibling, where in self.values.judge(owner, element, option, place):
                self._members(sibling, SIBLING, where)

    def _absences(self, owner: JsonObject, definition: TypeDefinition, path: str) -> None:
        """Record required elements that are missing and choices given twice."""
        for element in definition.elements:
            if not (element.min or element.is_choice):
                continue
            count = len(present_options(owner, element))
            place = f"{path}.{element.name.removesuffix('[x]')}"
            if element.min and not count:
                severity = absence_severity(owner, definition.name, element)
                self.findings.add("missing-required", place, "is required", severity)
            if count > 1:
                self.findings.add("several-choices", place, "must be given in one type only")
        if definition.name == "Extension":
            self._extension(owner, definition, path)

    def _extension(self, owner: JsonObject, definition: TypeDefinition, path: str) -> None:
        value = next(element for element in definition.elements if element.is_choice)
        if bool(present_options(owner, value)) == ("extension" in owner):
            message = "an extension has either a value or extensions"
            self.findings.add("extension-value", path, message)

    def _complex(self, value: JsonValue, element: Element, option: TypeOption, path: str) -> None:
        if not element.repeats:
            self._one(value, element, option, path)
        elif is_array(value, self.findings, path):
            check_count(len(value), element, self.findings, path)
            for position, item in enumerate(value):
                self._one(item, element, option, f"{path}[{position}]")

    def _one(self, value: JsonValue, element: Element, option: TypeOption, path: str) -> None:
        if value is None:
            self.findings.add("misplaced-null", path, "must not be null")
        elif not isinstance(value, dict):
            self.findings.add("wrong-type", path, f"must be an object of type {option.type}")
        elif option.type == "Resource":
            self._nested(value, path, is_contained=element.name == "contained")
        else:
            is_patch = option.type == "Parameters.parameter" and is_patch_operation(value)
            inner = replace(self, in_patch=True) if is_patch else self
            inner._members(value, self.definitions.type(option.type), path)  # noqa: SLF001  a walk
            if element.codes is not None:
                self._concept(value, self.definitions.code_list(element.codes), path)

    def _nested(self, value: JsonObject, path: str, *, is_contained: bool) -> None:
        if is_contained and "contained" in value:
            message = "a contained resource contains no other"
            self.findings.add("nested-contained", f"{path}.contained", message)
        elif not is_contained and not self.enters:
            self._type_name(value, path)
        elif is_contained or not self.accepts(value):
            self.resource(value, path, is_contained=is_contained)

    def _concept(self, concept: JsonObject, codes: CodeList, path: str) -> None:
        """Check a required binding: a concept that says anything must say it in a bound code."""
        codings = concept.get("coding", [])
        is_silent = "coding" not in concept and "text" not in concept
        if is_silent or not isinstance(codings, list):
            return
        if not any(_is_bound(coding, codes) for coding in codings):
            self.findings.add("bad-code", path, f"has no coding of {codes.id}")


def _is_bound(coding: JsonValue, codes: CodeList) -> bool:
    if not isinstance(coding, dict):
        return False
    system, code = coding.get("system"), coding.get("code")
    if not (isinstance(system, str) and isinstance(code, str)):
        return False
    return code in codes.systems.get(system, frozenset())


def _step(element: Element, option: TypeOption) -> str:
    """Return the FHIRPath step to an element: a choice is `value.ofType(Quantity)`."""
    if not element.is_choice:
        return element.name
    return f"{element.name.removesuffix('[x]')}.ofType({option.type})"
