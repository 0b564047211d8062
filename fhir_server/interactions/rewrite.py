"""References inside the resources of a transaction, rewritten to what they become here.

Source: https://hl7.org/fhir/R4/http.html#trules and bundle.html#references. A Reference.reference
or a uri that names the fullUrl of another entry becomes that entry's `Type/id`; a relative
reference is first read against the fullUrl of its own entry; a conditional reference
(`Patient?identifier=...`) becomes the one resource that matches. The links of a narrative
(`<a href>`, `<img src>`) follow too; a canonical names what it names wherever that is, and stays.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from fhir_server.model.resource import JsonObject, JsonValue
from profiles.loader import Definitions

URI_TYPES = ("uri", "url", "oid", "uuid")
_LINK = re.compile(r"""(\s(?:href|src)\s*=\s*)("[^"]*"|'[^']*')""")
_RESTFUL = re.compile(r"(.*/)[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(?:/_history/[0-9]+)?")
_VERSIONED = re.compile(r"(.+)/_history/[A-Za-z0-9\-.]{1,64}")


def service_root(full_url: str | None) -> str:
    """Return what relative references of an entry are relative to; empty when not RESTful."""
    match = _RESTFUL.fullmatch(full_url or "")
    return match[1] if match else ""


class Place(NamedTuple):
    """Where the walk is: service root of the entry, type of the innermost resource, path in it."""

    root: str
    type: str
    path: tuple[str, ...] = ()

    def inside(self, key: str, value: JsonObject) -> "Place":
        """Return the place inside a member; a resource inside a resource starts a new path."""
        inner = value.get("resourceType")
        if isinstance(inner, str):
            return Place(self.root, inner)
        return Place(self.root, self.type, (*self.path, key))


class Rewriter:
    """Rewrites resources by one mapping from what is written to `Type/id`."""

    def __init__(self, mapping: Mapping[str, str], definitions: Definitions) -> None:
        self._mapping = mapping
        self._definitions = definitions

    def knowing(self, more: Mapping[str, str]) -> "Rewriter":
        """Return a rewriter that knows more of what is written."""
        return Rewriter({**self._mapping, **more}, self._definitions) if more else self

    def rewrite(self, resource: JsonObject, root: str = "") -> JsonObject:
        """Return the resource with its references rewritten; the argument is not changed.

        `root` is the `service_root` of the entry.
        """
        return self._members(resource, Place(root, str(resource.get("resourceType"))))

    def _members(self, value: JsonObject, place: Place) -> JsonObject:
        changed: JsonObject = {}
        for key, member in value.items():
            new = self._value(key, member, place)
            if new is not member:
                changed[key] = new
        return value | changed if changed else value

    def _value(self, key: str, value: JsonValue, place: Place) -> JsonValue:
        if isinstance(value, str):
            return self._text(key, value, place)
        if isinstance(value, dict):
            return self._members(value, place.inside(key, value))
        if isinstance(value, list):
            new = [self._value(key, one, place) for one in value]
            return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
        return value

    def _text(self, key: str, text: str, place: Place) -> str:
        if key == "reference":
            return self._reference(text, place.root)
        if text in self._mapping and self._is_uri(place, key):
            return self._mapping[text]
        if key == "div" and place.path[-1:] == ("text",) and self._mapping:
            return _LINK.sub(self._link, text)
        return text

    def _link(self, link: re.Match[str]) -> str:
        """Return a link of a narrative with what its address becomes."""
        quote, address = link[2][0], link[2][1:-1]
        known = self._mapping.get(address)
        return link[0] if known is None else f"{link[1]}{quote}{known}{quote}"

    def _reference(self, text: str, root: str) -> str:
        if text in self._mapping:
            return self._mapping[text]
        plain, mark, fragment = text.partition("#")
        versioned = _VERSIONED.fullmatch(plain)
        for candidate in (plain, versioned[1] if versioned else plain):
            known = self._mapping.get(candidate) or self._mapping.get(root + candidate)
            if known is not None:
                return f"{known}{mark}{fragment}"
        return text

    def _is_uri(self, place: Place, key: str) -> bool:
        """Whether the element is a uri, so that a match is a link and not some text."""
        name = place.type
        for step in (*place.path, key):
            if self._definitions.kind(name) == "primitive":
                return False
            found = self._definitions.type(name).by_key.get(step)
            if found is None:
                return False
            name = found[1].type
        return name in URI_TYPES
