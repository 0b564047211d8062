"""Search parameters of a site's own: from a SearchParameter resource to what can be searched by.

Source: https://hl7.org/fhir/R4/searchparameter.html. Drafts and retired ones are kept and not
searched by. A parameter may not take a code that the standard has for the same type, unless it
says by its URL or by `derivedFrom` that it is that parameter written out again (as implementation
guides do); then the standard's definition goes on answering. The parts of a composite are found
by the URL of their definition, never by their code.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

from fhir_server.model.resource import JsonObject
from fhir_server.search.custom import Custom
from fhir_server.search.expression import Source
from fhir_server.search.followed import begins_elsewhere, followed, refused
from profiles.compiler.search import NOT_DOMAIN_RESOURCES, alternatives
from profiles.definition import Component, SearchParameter, SearchType
from profiles.loader import Definitions

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,63}")
INHERITED = ("Resource", "DomainResource")
SEARCHED = tuple(one for one in get_args(SearchType) if one != "special")


Known = Callable[[str, str], SearchParameter | None]
"""Finds the parameter of a resource type with this URL."""


@dataclass(frozen=True)
class Reading:
    """One SearchParameter being read."""

    resource: JsonObject
    definitions: Definitions
    known: Known
    url: str = field(init=False)
    code: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", text(self.resource, "url"))
        object.__setattr__(self, "code", text(self.resource, "code"))

    def custom(self) -> Custom | None:
        """Return the parameter; None when it is not to be searched by. Raises Invalid."""
        if text(self.resource, "status") != "active":
            return None
        types = self.types()
        restated = {type for type in types if self.is_restated(type)}
        rows = tuple(self.row(type) for type in types if type not in restated)
        return Custom(self.url, self.code, rows) if rows else None

    def types(self) -> Sequence[str]:
        """Return the types it applies to, those that inherit it too. Raises Invalid."""
        bases = texts(self.resource, "base")
        known = self.definitions.resource_types
        for base in bases:
            if base not in (*INHERITED, *known):
                raise refused(f"{base[:64]} is not a resource type", "base")
        return [
            type
            for type in known
            if type in bases
            or "Resource" in bases
            or ("DomainResource" in bases and type not in NOT_DOMAIN_RESOURCES)
        ]

    def is_restated(self, type: str) -> bool:
        """Whether the standard's own parameter is meant. Raises Invalid when it only clashes."""
        standard = self.definitions.search_parameters(type).get(self.code)
        if standard is None:
            return False
        if standard.url in (self.url, text(self.resource, "derivedFrom").partition("|")[0]):
            return True
        raise refused(
            f"{type} has a search parameter {self.code} already: {standard.url}; choose another "
            "code, or name it in derivedFrom when it is the same parameter",
            "code",
        )

    def row(self, type: str) -> SearchParameter:
        """Return it for one type, every part judged. Raises Invalid."""
        if CODE.fullmatch(self.code) is None:
            raise refused("a code begins with a letter; letters, digits, _ and - follow", "code")
        kind = text(self.resource, "type")
        if kind not in SEARCHED:
            raise refused(f"parameters of type {kind} cannot be made from an expression", "type")
        search_type = cast("SearchType", kind)  # it is one of SEARCHED
        expression, sources = self.compiled(type)
        components = self.components(type, sources) if kind == "composite" else ()
        return SearchParameter(
            self.code, search_type, self.url, expression, self.targets(), components, type
        )

    def compiled(self, type: str) -> tuple[str, tuple[Source, ...]]:
        """Return the expression's alternatives for a type, and where they lead. Raises Invalid."""
        whole = text(self.resource, "expression")
        kept: list[str] = []
        sources: list[Source] = []
        start = 0
        for part in alternatives(whole) if whole else ():
            start = max(whole.find(part, start), 0)
            if not begins_elsewhere(part, type, self.definitions):
                kept.append(part)
                sources += followed(part, type, self.definitions, whole, start)
            start += len(part)
        if not sources:
            raise refused(f"the expression {whole!r} says nothing about {type}", "expression")
        return " | ".join(kept), tuple(sources)

    def components(self, type: str, sources: Sequence[Source]) -> tuple[Component, ...]:
        """Return the parts of a composite, found by their URL. Raises Invalid."""
        listed = self.resource.get("component")
        given = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        if len(given) < 2:
            raise refused("a composite has two components or more", "component")
        return tuple(self.component(number, one, type, sources) for number, one in enumerate(given))

    def component(
        self, number: int, given: JsonObject, type: str, sources: Sequence[Source]
    ) -> Component:
        """Return one part of a composite. Raises Invalid."""
        place, url = f"component[{number}]", text(given, "definition").partition("|")[0]
        found = self.known(type, url)
        if found is None or found.type in ("composite", "special"):
            raise refused(f"{type} has no simple parameter {url}", f"{place}.definition")
        whole = text(given, "expression")
        for source in sources:
            followed(whole, source.type, self.definitions, whole, 0, f"{place}.expression")
        return Component(found.code, found.type, whole)

    def targets(self) -> tuple[str, ...]:
        """Return the types a reference may lead to; none for any."""
        given = set(texts(self.resource, "target"))
        reaches_all = bool(given & set(INHERITED))
        return () if reaches_all else tuple(sorted(given & set(self.definitions.resource_types)))


def read_custom(resource: JsonObject, definitions: Definitions, known: Known) -> Custom | None:
    """Return the search parameter of a SearchParameter; None when it is not to be searched by.

    `known` finds parameters by URL: the standard's and the site's other ones. Raises Invalid,
    naming the element, and the place in the expression where it cannot be followed.
    """
    return Reading(resource, definitions, known).custom()


def text(resource: JsonObject, name: str) -> str:
    """Return a text member, empty without it."""
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def texts(resource: JsonObject, name: str) -> tuple[str, ...]:
    """Return the texts of a member that is a list."""
    values = resource.get(name)
    return tuple(one for one in values if isinstance(one, str)) if isinstance(values, list) else ()
