"""Resource to FHIR XML, elements in the order of the definitions.

Source: https://hl7.org/fhir/R4/xml.html. The text is put together at once, without a tree: a
stored resource is valid, and its narrative is well-formed xhtml already.
"""

import re
from dataclasses import dataclass
from html.entities import name2codepoint
from typing import Final

from fhir_server.model.codec import SpelledDecimal
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.xml.shape import FHIR, SIBLING, Field, Shape, Shapes

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_SPECIAL = re.compile('[&<"\t\n\r\ufffe\uffff]')
_ESCAPES: Final = {
    "&": "&amp;",
    "<": "&lt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
    # these two are characters of JSON but not of XML
    "\ufffe": "\ufffd",
    "\uffff": "\ufffd",
}
_NAMED = re.compile("&([A-Za-z][A-Za-z0-9]*);")
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NOT_OF_XML = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class XmlWriter:
    """Writes resources of every type; one instance serves all threads of a process."""

    shapes: Shapes

    def encode(self, resource: JsonObject, *, pretty: bool = False) -> bytes:
        """Return the resource as UTF-8 XML, in one line or indented.

        The resource must be valid. Narrative is written as it is, indented or not.
        """
        out = [DECLARATION]
        self._resource(out, resource, "\n" if pretty else "", f' xmlns="{FHIR}"')
        return "".join(out).encode()

    def _resource(self, out: list[str], resource: JsonObject, pad: str, space: str = "") -> None:
        name = str(resource["resourceType"])
        out.append(f"{pad}<{name}{space}")
        self._content(out, resource, self.shapes.of(name), name, pad)

    def _content(self, out: list[str], value: JsonObject, shape: Shape, tag: str, pad: str) -> None:
        """Write the rest of an element whose start is written: attributes, children, its end."""
        out += [f' {name}="{_text(value[name])}"' for name in shape.attributes if name in value]
        children = [key for key in value if key not in shape.bare]
        if not children:
            out.append("/>")
            return
        out.append(">")
        if len(children) > 1:
            children.sort(key=shape.rank.__getitem__)
        inside = f"{pad}  " if pad else ""
        for key in children:
            self._field(out, value, key, shape.members[key], inside)
        out.append(f"{pad}</{tag}>")

    def _field(self, out: list[str], owner: JsonObject, key: str, found: Field, pad: str) -> None:
        value = owner[key]
        if found.kind == "primitive":
            if key == found.key:
                self._primitives(out, value, owner.get(found.sibling), found, pad)
            elif found.key not in owner:
                self._primitives(out, None, value, found, pad)
        elif found.kind == "xhtml":
            out.append(f"{pad}{xhtml(str(value))}")
        elif isinstance(value, list):
            for one in value:
                self._complex(out, one, found, pad)
        else:
            self._complex(out, value, found, pad)

    def _complex(self, out: list[str], value: JsonValue, found: Field, pad: str) -> None:
        if not isinstance(value, dict):
            raise TypeError(f"{found.key} is no object")
        key = found.key
        if found.kind == "resource":
            out.append(f"{pad}<{key}>")
            self._resource(out, value, f"{pad}  " if pad else "")
            out.append(f"{pad}</{key}>")
        else:
            out.append(f"{pad}<{key}")
            self._content(out, value, self.shapes.of(found.type), key, pad)

    def _primitives(
        self, out: list[str], value: JsonValue, sibling: JsonValue, found: Field, pad: str
    ) -> None:
        if not found.repeats:
            self._primitive(out, value, sibling, found.key, pad)
            return
        values = value if isinstance(value, list) else []
        siblings = sibling if isinstance(sibling, list) else []
        for position in range(max(len(values), len(siblings))):
            one = values[position] if position < len(values) else None
            twin = siblings[position] if position < len(siblings) else None
            self._primitive(out, one, twin, found.key, pad)

    def _primitive(
        self, out: list[str], value: JsonValue, sibling: JsonValue, key: str, pad: str
    ) -> None:
        shown = "" if value is None else f' value="{_text(value)}"'
        if not isinstance(sibling, dict):
            out.append(f"{pad}<{key}{shown}/>")
            return
        out.append(f"{pad}<{key}{shown}")
        self._content(out, sibling, SIBLING, key, pad)


def _text(value: JsonValue) -> str:
    if isinstance(value, str):
        return _SPECIAL.sub(_escape, value) if _SPECIAL.search(value) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, SpelledDecimal):
        return value.text
    return str(value)


def _escape(found: re.Match[str]) -> str:
    return _ESCAPES[found[0]]


def xhtml(text: str) -> str:
    """Return a narrative as XML without a DTD can hold it: HTML's named entities by number."""
    text = text.strip()
    if "&" in text:
        text = _NAMED.sub(_named, text)
    return _NOT_OF_XML.sub("\ufffd", text)


def _named(found: re.Match[str]) -> str:
    name = found[1]
    return found[0] if name in _OF_XML else f"&#{name2codepoint[name]};"
