"""Which codes a value set has.

Source: https://hl7.org/fhir/R4/valueset.html#compositions. Includes are united, excludes taken
away; within one include the system's codes and every value set named are intersected. An expansion
that is given is taken as it is, unless it says itself that it is a part.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_server.outcome import TooManyCodes, UnknownCode, UnknownTerminology, UnusableValueSet
from fhir_server.terminology.filter import chosen, is_inactive
from fhir_server.terminology.hierarchy import descendants, place_of
from fhir_server.terminology.source import Codes, Source, objects, text, texts
from profiles.terminology import CodeSystem, Json, ValueSet

DEEPEST = 32
"""Value sets within value sets."""
IMPLICIT = "?fhir_vs"
"""How the URL goes on of all codes of a system (https://hl7.org/fhir/R4/snomedct.html#implicit)."""
PARTIAL = (
    "http://hl7.org/fhir/StructureDefinition/valueset-toocostly",
    "http://hl7.org/fhir/StructureDefinition/valueset-unclosed",
)
"""Extensions of an expansion that does not have all codes."""
Found = dict[str, set[str]]


def expand(canonical: str, source: Source, limit: int) -> Codes:
    """Return the codes of the value set of a canonical.

    Raises UnknownTerminology, UnusableValueSet, TooManyCodes.
    """
    return _bounded(_Expansion(source).named(canonical), canonical, limit)


def expand_given(value_set: ValueSet, source: Source, limit: int) -> Codes:
    """Return the codes of a value set at hand. Raises as `expand` does."""
    url = text(value_set, "url")
    return _bounded(_Expansion(source, (url,)).of(value_set), url, limit)


def code_system(canonical: str, source: Source) -> CodeSystem:
    """Return a code system with all its concepts. Raises UnknownTerminology."""
    found = source.code_system(canonical)
    if found is None:
        raise UnknownTerminology(f"the code system {canonical} is not loaded on this server")
    if found.content != "complete":
        raise UnknownTerminology(
            f"the code system {canonical} is loaded on this server without all its codes"
        )
    return found


def _bounded(found: Found, name: str, limit: int) -> Codes:
    count = sum(map(len, found.values()))
    if count > limit:
        raise TooManyCodes(
            f"the value set {name} has {count} codes; at most {limit} are compared in a search"
        )
    return {system: frozenset(codes) for system, codes in found.items() if codes}


@dataclass(frozen=True)
class _Expansion:
    """Works out one value set; `path` are those it is worked out for, outermost first."""

    source: Source
    path: tuple[str, ...] = ()

    def named(self, canonical: str) -> Found:
        """Return the codes of a value set by canonical."""
        if canonical in self.path:
            raise UnusableValueSet(f"the value set {canonical} includes itself")
        if len(self.path) >= DEEPEST:
            raise UnusableValueSet(f"the value set {self.path[0]} is nested too deep")
        found = self.source.value_set(canonical)
        inner = _Expansion(self.source, (*self.path, canonical))
        if found is not None:
            return inner.of(found)
        if IMPLICIT in canonical:
            return self._implicit(canonical)
        system = self.source.code_system(canonical)
        if system is not None and system.value_set == canonical:
            return self._whole(system)
        raise UnknownTerminology(f"the value set {canonical} is not loaded on this server")

    def of(self, value_set: ValueSet) -> Found:
        """Return the codes of a value set at hand."""
        expansion = value_set.get("expansion")
        if isinstance(expansion, Mapping) and _is_whole(expansion):
            return _contained(expansion)
        compose = value_set.get("compose")
        if not isinstance(compose, Mapping):
            raise UnusableValueSet(
                f"the value set {text(value_set, 'url')} does not say what is in it"
            )
        active = compose.get("inactive") is False
        found: Found = {}
        for one in objects(compose, "include"):
            _unite(found, self._selected(one, active=active))
        for one in objects(compose, "exclude"):
            for system, codes in self._selected(one, active=False).items():
                found[system] = found.get(system, set()) - codes
        return found

    def _selected(self, include: Mapping[str, Json], *, active: bool) -> Found:
        """Return what one include or exclude names: an intersection of its parts."""
        parts = [self.named(one) for one in texts(include, "valueSet")]
        if text(include, "system"):
            parts.insert(0, self._of_system(include, active=active))
        if not parts:
            raise UnusableValueSet("a value set includes neither a system nor a value set")
        found = parts[0]
        for part in parts[1:]:
            found = {system: codes & part.get(system, set()) for system, codes in found.items()}
        return found

    def _of_system(self, include: Mapping[str, Json], *, active: bool) -> Found:
        url, listed = text(include, "system"), objects(include, "concept")
        if listed and not active:
            return {url: {text(one, "code") for one in listed}}
        version = text(include, "version")
        system = code_system(f"{url}|{version}" if version else url, self.source)
        places = set(range(len(system.concepts)))
        if listed:
            folded = {system.fold(text(one, "code")) for one in listed}
            places = {system.places[one] for one in folded if one in system.places}
        for one in objects(include, "filter"):
            places &= chosen(system, one)
        concepts = [system.concepts[place] for place in places]
        return {url: {one.code for one in concepts if not (active and is_inactive(one))}}

    def _implicit(self, canonical: str) -> Found:
        url, _, asked = canonical.partition(IMPLICIT)
        system = code_system(url, self.source)
        if not asked:
            return self._whole(system)
        branch = asked.removeprefix("=isa/")
        if branch == asked:
            raise UnknownTerminology(f"the value set {canonical} is not loaded on this server")
        try:
            places = descendants(system, place_of(system, branch))
        except UnknownCode as error:
            raise UnknownTerminology(f"the value set {canonical} names no known code") from error
        return {url: {system.concepts[place].code for place in places}}

    @staticmethod
    def _whole(system: CodeSystem) -> Found:
        if system.content != "complete":
            raise UnknownTerminology(
                f"the code system {system.url} is loaded on this server without all its codes"
            )
        return {system.url: {one.code for one in system.concepts}}


def _is_whole(expansion: Mapping[str, Json]) -> bool:
    """Whether an expansion has all codes: it is no page, and not cut."""
    if any(text(one, "url") in PARTIAL for one in objects(expansion, "extension")):
        return False
    offset, total = expansion.get("offset"), expansion.get("total")
    if isinstance(offset, int) and offset > 0:
        return False
    return not isinstance(total, int) or total <= _count(expansion)


def _count(parent: Mapping[str, Json]) -> int:
    return sum(1 + _count(one) for one in objects(parent, "contains"))


def _contained(expansion: Mapping[str, Json]) -> Found:
    found: Found = {}
    waiting = list(objects(expansion, "contains"))
    while waiting:
        one = waiting.pop()
        waiting += objects(one, "contains")
        if one.get("abstract") is not True and text(one, "code"):
            found.setdefault(text(one, "system"), set()).add(text(one, "code"))
    return found


def _unite(target: Found, addition: Found) -> None:
    for system, codes in addition.items():
        target.setdefault(system, set()).update(codes)
