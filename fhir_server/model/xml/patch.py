"""XML Patch: a change to the XML form of a resource.

Source: RFC 5261 and https://hl7.org/fhir/R4/http.html#patch. A patch is a `diff` of `add`,
`replace` and `remove`, each with a selector for exactly one element, attribute or text. Selectors
are the part of XPath that the RFC allows: steps, positions and comparisons with texts. Narrative
that a patch does not touch is the same bytes afterwards.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lxml import etree

from fhir_server.model.resource import JsonObject
from fhir_server.model.xml.narrative import cut_divs
from fhir_server.model.xml.parser import parse_xml
from fhir_server.model.xml.reader import Reading
from fhir_server.model.xml.shape import FHIR, XHTML, Shapes
from fhir_server.model.xml.writer import XmlWriter
from fhir_server.outcome import BadRequest, FhirError, Invalid, TooLarge
from profiles.loader import Definitions

Element = etree._Element  # noqa: SLF001  the library has no other name for the types
Tree = etree._ElementTree  # noqa: SLF001
MOST_OPERATIONS: Final = 10_000
LONGEST: Final = 2000
_NAME: Final = r"(?:[A-Za-z_][\w.\-]*:)?[A-Za-z_][\w.\-]*"
_TEST: Final = rf"""(?:{_NAME}/)*(?:@?{_NAME}|\.)\s*=\s*(?:"[^"]*"|'[^']*')"""
_STEP: Final = rf"(?:{_NAME}|\*)(?:\[\s*(?:[0-9]{{1,6}}|{_TEST})\s*\])*"
_SELECTOR = re.compile(rf"/?({_STEP}(?:/{_STEP})*)(?:/(@{_NAME}|text\(\)))?")
_ATTRIBUTE = re.compile(r"@[A-Za-z_][\w.\-]*", re.ASCII)
"""An attribute a patch may add: those of FHIR are in no namespace."""
_TOKEN = re.compile(rf""""[^"]*"|'[^']*'|@?{_NAME}""")
_DEFAULT: Final = "default"
"""The prefix that names without one get: unlike XPath's, they are in the default namespace."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a selector leads to: an element, an attribute of it, or its text."""

    element: Element
    attribute: str | None = None
    is_text: bool = False


def apply_xml_patch(body: bytes, resource: JsonObject, definitions: Definitions) -> JsonObject:
    """Return the resource as the operations leave it.

    Raises Malformed or BadRequest for a body that is no patch, Invalid for an operation that
    cannot be carried out on this resource.
    """
    diff = parse_xml(body)
    if etree.QName(diff).localname != "diff":
        raise BadRequest("an XML Patch is a diff element", detail="bad-patch")
    if len(diff) > MOST_OPERATIONS:
        raise TooLarge(f"a patch has at most {MOST_OPERATIONS} operations")
    shapes = Shapes(definitions)
    text = XmlWriter(shapes).encode(resource)
    root = parse_xml(text)
    # the elements themselves are held, so that they can be told from those a patch brings
    narratives = [*zip(_divs(root), cut_divs(text), strict=True)]
    known = {div: (source, etree.tostring(div, with_tail=False)) for div, source in narratives}
    holder = etree.ElementTree(root)
    for index, operation in enumerate(diff):
        try:
            _carry_out(operation, holder)
        except FhirError as error:
            issue = error.issues[0]
            message = f"operation {index}: {issue.diagnostics}"
            raise type(error)(message, detail=issue.detail) from None
    patched = holder.getroot()
    return Reading(shapes, _sources(patched, known)).resource(patched, 1)


def _divs(root: Element) -> Iterator[Element]:
    """Yield the outermost divs of xhtml in order."""
    for div in root.iter(f"{{{XHTML}}}div"):
        parent = div.getparent()
        if parent is None or not str(parent.tag).startswith(f"{{{XHTML}}}"):
            yield div


def _sources(
    root: Element, known: Mapping[Element, tuple[str | None, bytes]]
) -> Iterator[str | None]:
    """Yield the text of each narrative that is as it was, None for one that is not."""
    for div in _divs(root):
        source, before = known.get(div, (None, b""))
        yield source if etree.tostring(div, with_tail=False) == before else None


def _carry_out(operation: Element, document: Tree) -> None:
    name = etree.QName(operation).localname if isinstance(operation.tag, str) else ""
    run = OPERATIONS.get(name)
    selector = operation.get("sel")
    if run is None or selector is None:
        raise BadRequest(
            f"an operation is one of {', '.join(OPERATIONS)} with sel", detail="bad-patch"
        )
    run(operation, _find(selector, operation, document))


def _find(selector: str, operation: Element, document: Tree) -> Place:
    """Return the one place a selector leads to. Raises BadRequest, Invalid."""
    match = _SELECTOR.fullmatch(selector.strip()) if len(selector) <= LONGEST else None
    if match is None:
        raise BadRequest("sel is not a selector of RFC 5261", detail="bad-path")
    spaces = {prefix: uri for prefix, uri in operation.nsmap.items() if prefix}
    spaces[_DEFAULT] = operation.nsmap.get(None) or FHIR
    path = _TOKEN.sub(_qualified, match[1])
    try:
        found = document.xpath(f"/{path}", namespaces=spaces)
    except etree.XPathError:
        raise BadRequest("sel is not a selector of RFC 5261", detail="bad-path") from None
    if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], Element):
        several = "more than one element" if found else "nothing"
        raise Invalid(f"the selector leads to {several}", detail="patch-path")
    last = match[2] or ""
    if last.startswith("@"):
        return Place(found[0], attribute=last[1:])
    return Place(found[0], is_text=bool(last))


def _qualified(token: re.Match[str]) -> str:
    text = token[0]
    is_plain_name = text[0] not in "\"'@" and ":" not in text
    return f"{_DEFAULT}:{text}" if is_plain_name else text


def _add(operation: Element, place: Place) -> None:
    """Add elements inside or beside an element, or an attribute to it."""
    element, kind = place.element, operation.get("type")
    if place.attribute is not None or place.is_text:
        raise Invalid("add leads to an element", detail="patch-path")
    if kind is not None:
        name = kind.removeprefix("@")
        if not _ATTRIBUTE.fullmatch(kind) or element.get(name) is not None:
            raise Invalid("type names an attribute that is not there yet", detail="patch-path")
        element.set(name, operation.text or "")
        return
    new = _elements(operation)
    parent, position = element.getparent(), operation.get("pos")
    if position == "prepend":
        element[0:0] = new
    elif position in ("before", "after"):
        if parent is None:
            raise Invalid("a resource has nothing beside it", detail="patch-path")
        at = parent.index(element) + (position == "after")
        parent[at:at] = new
    elif position is None:
        element.extend(new)
    else:
        raise BadRequest("pos is one of before, after and prepend", detail="bad-patch")


def _replace(operation: Element, place: Place) -> None:
    element = place.element
    if place.attribute is not None:
        if element.get(place.attribute) is None:
            raise Invalid("the selector leads to nothing", detail="patch-path")
        element.set(place.attribute, operation.text or "")
    elif place.is_text:
        element.text = operation.text
    else:
        new, parent = _elements(operation), element.getparent()
        if len(new) != 1 or parent is None:
            raise Invalid("an element is replaced by one, the resource by none", detail="bad-patch")
        new[0].tail = element.tail
        parent.replace(element, new[0])


def _remove(operation: Element, place: Place) -> None:
    del operation
    element, parent = place.element, place.element.getparent()
    if place.attribute is not None:
        if element.get(place.attribute) is None:
            raise Invalid("the selector leads to nothing", detail="patch-path")
        del element.attrib[place.attribute]
    elif place.is_text:
        element.text = None
    elif parent is None:
        raise Invalid("a patch cannot remove the resource", detail="patch-path")
    else:
        _keep_tail(element, parent)
        parent.remove(element)


def _keep_tail(element: Element, parent: Element) -> None:
    """Leave the text behind an element where it is, as in narrative."""
    before = element.getprevious()
    if not element.tail:
        return
    if before is None:
        parent.text = (parent.text or "") + element.tail
    else:
        before.tail = (before.tail or "") + element.tail


def _elements(operation: Element) -> list[Element]:
    """Return the elements an operation brings. Raises BadRequest for text beside them."""
    new = [one for one in operation if isinstance(one.tag, str)]
    if not new or (operation.text or "").strip():
        raise BadRequest("the operation brings no elements", detail="bad-patch")
    return new


OPERATIONS: Mapping[str, Callable[[Element, Place], None]] = MappingProxyType(
    {"add": _add, "replace": _replace, "remove": _remove}
)
