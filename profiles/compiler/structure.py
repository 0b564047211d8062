"""StructureDefinition snapshots to type tables: each type's elements, backbones by their path."""

from collections.abc import Collection, Iterator, Mapping

from profiles.compiler.source import JsonObject, child, last_segment, objects, text, texts
from profiles.definition import Element, TypeKind, TypeOption

SYSTEM_STRING = "http://hl7.org/fhirpath/System.String"
NESTED = frozenset({"BackboneElement", "Element"})
KINDS: Mapping[str, TypeKind] = {
    "resource": "resource",
    "complex-type": "complex",
    "primitive-type": "primitive",
}
TypeTable = dict[str, tuple[TypeKind, tuple[Element, ...]]]


def compile_types(definitions: Iterator[JsonObject], code_lists: Collection[str]) -> TypeTable:
    """Return kind and elements by type name.

    `code_lists` are the value sets that can be enumerated; a required binding to any other is
    left to terminology services. Abstract types and constraints of other types are left out.
    """
    table: TypeTable = {}
    for definition in definitions:
        if definition["abstract"] or definition.get("derivation") == "constraint":
            continue
        table.update(_type_and_backbones(definition, code_lists))
    return table


def required_value_set(element: JsonObject) -> str | None:
    """Return the canonical of the value set an element is bound to with strength required."""
    binding = child(element, "binding")
    if binding.get("strength") != "required":
        return None
    return text(binding, "valueSet").split("|", 1)[0] or None


def _type_and_backbones(definition: JsonObject, code_lists: Collection[str]) -> TypeTable:
    name = text(definition, "type")
    kind = KINDS[text(definition, "kind")]
    if kind == "primitive":
        return {name: (kind, ())}
    elements = objects(child(definition, "snapshot"), "element")[1:]
    parents = {_parent(text(element, "path")) for element in elements}
    grouped: dict[str, list[Element]] = {parent: [] for parent in sorted(parents)}
    for element in elements:
        row = _element(element, kind, parents, code_lists)
        grouped[_parent(text(element, "path"))].append(row)
    return {
        path: (kind if path == name else "backbone", tuple(rows)) for path, rows in grouped.items()
    }


def _element(
    source: JsonObject, kind: TypeKind, parents: Collection[str], code_lists: Collection[str]
) -> Element:
    path = text(source, "path")
    maximum = text(source, "max")
    value_set = required_value_set(source)
    options = tuple(_options(source, kind, parents))
    is_attribute = any(text(t, "code") == SYSTEM_STRING for t in objects(source, "type"))
    minimum = source["min"]
    if not isinstance(minimum, int):
        raise TypeError(f"{path}: min is not an integer")
    return Element(
        name=path.rsplit(".", 1)[1],
        min=minimum,
        max=None if maximum == "*" else int(maximum),
        types=options,
        codes=last_segment(value_set) if value_set in code_lists and value_set else None,
        is_summary=source.get("isSummary") is True,
        is_modifier=source.get("isModifier") is True,
        bare=is_attribute or options[0].type == "xhtml",
    )


def _options(source: JsonObject, kind: TypeKind, parents: Collection[str]) -> Iterator[TypeOption]:
    path = text(source, "path")
    name = path.rsplit(".", 1)[1]
    reference = text(source, "contentReference")
    if reference:
        yield TypeOption(name, reference.rsplit("#", 1)[1])
    for option in objects(source, "type"):
        code = text(option, "code")
        key = f"{name[:-3]}{code[0].upper()}{code[1:]}" if name.endswith("[x]") else name
        targets = tuple(last_segment(profile) for profile in texts(option, "targetProfile"))
        type_name = _type_name(code, path, kind, parents)
        yield TypeOption(key, type_name, () if "Resource" in targets else targets)


def _type_name(code: str, path: str, kind: TypeKind, parents: Collection[str]) -> str:
    if code in NESTED and path in parents:
        return path
    if code != SYSTEM_STRING:
        return code
    if path == "Extension.url":
        return "uri"
    return "id" if kind == "resource" and path.count(".") == 1 else "string"


def _parent(path: str) -> str:
    return path.rsplit(".", 1)[0]
