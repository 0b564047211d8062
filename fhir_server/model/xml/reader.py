"""FHIR XML to resource: what JSON would say, so that one validation judges both.

Source: https://hl7.org/fhir/R4/xml.html. Only what JSON has no words for is refused here, naming
the place: a wrong namespace, an attribute or text where none may be, an element given twice. An
element that is not known becomes a member that is not known, and a value of the wrong form a
string, for the validation to tell.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from fhir_server.model.codec import MAX_DEPTH, read_decimal, read_integer
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.xml.narrative import cut_divs, spell_div
from fhir_server.model.xml.parser import parse_xml
from fhir_server.model.xml.shape import FHIR, SIBLING, XHTML, Field, Shape, Shapes
from fhir_server.outcome import Malformed

Element = etree._Element  # noqa: SLF001  the library has no other name for the type
_PREFIX: Final = f"{{{FHIR}}}"
_SCHEMA_LOCATION: Final = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_INTEGER = re.compile("-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BOOLEANS: Final = {"true": True, "false": False}
MAX_NAME = 64


def _boolean(text: str) -> JsonValue:
    return _BOOLEANS.get(text, text)


def _integer(text: str) -> JsonValue:
    return read_integer(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> JsonValue:
    if _INTEGER.fullmatch(text):
        return read_integer(text)
    return read_decimal(text) if _DECIMAL.fullmatch(text) else text


_VALUES: Mapping[str, Callable[[str], JsonValue]] = {
    "boolean": _boolean,
    "decimal": _number,
    "integer": _integer,
    "positiveInt": _integer,
    "unsignedInt": _integer,
}
"""How values are read that JSON does not hold as strings."""


@dataclass(frozen=True, slots=True)
class XmlReader:
    """Reads resources of every type; one instance serves all threads of a process."""

    shapes: Shapes

    def decode(self, data: bytes, *, limit: int | None = None) -> JsonObject:
        """Return the resource of an XML body of at most `limit` bytes.

        Raises TooLarge, or Malformed for what is no FHIR XML, naming the place.
        """
        root = parse_xml(data, limit=limit)
        divs = cut_divs(data) if b"div" in data else iter(())
        return Reading(self.shapes, divs).resource(root, 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One document being read; `divs` are its narratives in order."""

    shapes: Shapes
    divs: Iterator[str | None]

    def resource(self, element: Element, depth: int) -> JsonObject:
        """Return a resource; one of an unknown type has its name alone."""
        tag = element.tag
        if not isinstance(tag, str) or not tag.startswith(_PREFIX):
            raise _refused(element, f"is not in the namespace {FHIR}", "wrong-namespace")
        name = tag[len(_PREFIX) :]
        made: JsonObject = {"resourceType": name}
        if self.shapes.definitions.is_resource_type(name):
            self._content(element, self.shapes.of(name), made, depth)
        return made

    def _content(self, element: Element, shape: Shape, made: JsonObject, depth: int) -> JsonObject:
        """Add an element's attributes and children to a JSON object."""
        _check_depth(depth)
        if names := element.keys():
            _attributes(element, names, shape, made)
        _check_text(element, element.text)
        tags = shape.tags
        for child in element:
            found = tags.get(child.tag)
            if found is None:
                _unknown(child, shape, made)
            elif found.kind == "primitive":
                self._primitive(child, found, made, depth)
            else:
                self._add(child, found, made, depth)
            if child.tail is not None:
                _check_text(element, child.tail)
        return made

    def _add(self, child: Element, found: Field, made: JsonObject, depth: int) -> None:
        """Add what is no primitive: an object, a nested resource, a narrative."""
        key = found.key
        if found.repeats:
            value = self._value(child, found, depth + 2)
            known = made.setdefault(key, [])
            if isinstance(known, list):
                known.append(value)
        elif key in made:
            raise _refused(child, "appears twice", "duplicate-key")
        else:
            made[key] = self._value(child, found, depth + 1)

    def _value(self, child: Element, found: Field, depth: int) -> JsonValue:
        if found.kind == "complex":
            return self._content(child, self.shapes.of(found.type), {}, depth)
        if found.kind == "xhtml":
            return next(self.divs, None) or spell_div(child)
        _check_holder(child)
        return self.resource(child[0], depth)

    def _primitive(self, child: Element, found: Field, made: JsonObject, depth: int) -> None:
        text = child.get("value")
        sibling: JsonValue = None
        if text is None or len(child.keys()) > 1 or len(child):
            sibling = self._content(child, SIBLING, {}, depth + 1 + found.repeats)
            sibling = None if text is not None and not sibling else sibling
        elif child.text is not None:
            _check_text(child, child.text)
        value: JsonValue = text
        if text is not None and (form := _VALUES.get(found.type)) is not None:
            value = form(text)
        if found.repeats:
            _check_depth(depth + 1)
            _append(made, found, value, sibling)
        elif found.key in made or found.sibling in made:
            raise _refused(child, "appears twice", "duplicate-key")
        else:
            if value is not None:
                made[found.key] = value
            if sibling is not None:
                made[found.sibling] = sibling


def _append(made: JsonObject, found: Field, value: JsonValue, sibling: JsonValue) -> None:
    """Add one of a repeating primitive; an array of nulls alone is left out."""
    values, siblings = made.get(found.key), made.get(found.sibling)
    count = len(
        values if isinstance(values, list) else siblings if isinstance(siblings, list) else ()
    )
    for key, one, known in ((found.key, value, values), (found.sibling, sibling, siblings)):
        if isinstance(known, list):
            known.append(one)
        elif one is not None:
            made[key] = [*[None] * count, one]


def _unknown(child: Element, shape: Shape, made: JsonObject) -> None:
    """Keep an element that is not known as a member that is not known, for validation to tell."""
    tag = child.tag
    if not isinstance(tag, str):
        raise _refused(child, "must not be there: a processing instruction or entity", "no-element")
    if not tag.startswith(_PREFIX):
        raise _refused(child, f"is not in the namespace {FHIR}", "wrong-namespace")
    name = tag[len(_PREFIX) :]
    if name in shape.members:
        text = f"must be in the namespace {XHTML}" if name == "div" else "is no element of XML"
        text = "must be an attribute" if name in shape.attributes else text
        raise _refused(child, text, "wrong-form")
    if name in made:
        raise _refused(child, "appears twice", "duplicate-key")
    made[name] = child.get("value")


def _check_holder(child: Element) -> None:
    """Refuse an element for a nested resource that does not hold exactly one."""
    if len(child) != 1 or child.keys():
        raise _refused(child, "must hold one resource and nothing else", "nested-resource")
    _check_text(child, child.text)
    _check_text(child, child[0].tail)


def _attributes(
    element: Element, names: Sequence[str | bytes], shape: Shape, made: JsonObject
) -> None:
    """Add an element's attributes; the value of a primitive is read elsewhere."""
    for name in map(str, names):
        if name in shape.attributes:
            made[name] = element.get(name)
        elif not (name == "value" and shape is SIBLING) and not (
            name == _SCHEMA_LOCATION and element.getparent() is None
        ):
            shown = name if name.isidentifier() and len(name) <= MAX_NAME else "an attribute"
            text = f"has {shown}, which is no attribute of it"
            raise _refused(element, text, "unknown-attribute")


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed(f"the body is nested deeper than {MAX_DEPTH} levels")


def _check_text(element: Element, text: str | None) -> None:
    if text is not None and text and not text.isspace():
        raise _refused(element, "has text, which no element has", "text-content")


def _refused(element: Element, diagnostics: str, detail: str) -> Malformed:
    place = expression_of(element)
    return Malformed(f"{place}: {diagnostics}", expression=place, detail=detail)


def expression_of(element: Element) -> str:
    """Return the FHIRPath of an element; it has a position where its name is there twice."""
    steps: list[str] = []
    current: Element | None = element
    while current is not None:
        parent = current.getparent()
        step = etree.QName(current).localname if isinstance(current.tag, str) else "node()"
        step = step if step.isidentifier() and len(step) <= MAX_NAME else "node()"
        is_nested = parent is not None and step[:1].isupper()
        if not is_nested:
            steps.append(step + _position(current, parent))
        current = parent
    return ".".join(reversed(steps))


def _position(element: Element, parent: Element | None) -> str:
    if parent is None:
        return ""
    same = [one for one in parent if one.tag == element.tag]
    return f"[{same.index(element)}]" if len(same) > 1 else ""
