"""The words of a resource: of its narrative and of its content.

Content is what its elements of the types string and markdown say: names, texts, displays, notes;
not codes, URIs, dates, encoded data, UUIDs, what references say of other resources, and what the
server keeps in `meta`. A text beside a code begins with a mark of the element's path, by which
`:text` finds it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from html import unescape

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.expression import Source
from fhir_server.search.registry import Registry
from fhir_server.search.text.word import words_of

Passage = tuple[str, ...]
"""The words of one text in order."""
Marked = tuple[str, Source]
"""The values of one path, and the mark of their texts."""
MARK = "ª"
"""How a mark begins: a letter to both databases, and one that no folded text has."""
CODED = ("CodeableConcept", "Coding", "Identifier")
TEXTUAL = frozenset({"string", "markdown"})
FOR_MACHINES = frozenset({"code", "data", "id", "language", "linkId", "status", "type", "url"})
"""Members that hold text in one place of the standard and codes or the like everywhere else."""
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|small|big|sub|sup|tt|code|abbr|q|font)\b[^>]*>")
BLOCK = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
MOST_WORDS = 25_000
"""Words of a part of a resource that are kept; the rest of a longer one is not found."""


@dataclass(frozen=True, slots=True)
class Document:
    """Distinct passages of a resource, those of `content` perhaps with a mark before them."""

    narrative: tuple[Passage, ...] = ()
    content: tuple[Passage, ...] = ()


@dataclass(frozen=True)
class DocumentReader:
    """Makes documents, as the store asks for them; shared by all threads."""

    registry: Registry
    _sources: dict[tuple[int, str], tuple[Marked, ...]] = field(default_factory=dict)

    def __call__(self, resource: JsonObject, tenant: int) -> Document:
        """Return the words of a resource of a known type."""
        sources = self._marked(tenant, str(resource["resourceType"]))
        marked = list(dict.fromkeys(marked_of(resource, sources)))
        left = {text for _, text in marked}
        plain = (text for text in content_of(resource, self.names) if text not in left)
        coded = ((mark, *words) for mark, text in marked if (words := words_of(text)))
        return _bounded(
            tuple(_distinct(narrative_of(resource))), (*dict.fromkeys(coded), *_distinct(plain))
        )

    @cached_property
    def names(self) -> frozenset[str]:
        """The members that hold text, whatever the type they are members of."""
        return self.registry.definitions.members_of(TEXTUAL) - FOR_MACHINES

    def _marked(self, tenant: int, type: str) -> tuple[Marked, ...]:
        known = self._sources.get((tenant, type))
        if known is None:
            found: dict[tuple[str, str], Marked] = {}
            for parameter in self.registry.parameters(tenant, type).values():
                for mark, source in marks_of(parameter.sources):
                    found[mark, source.type] = (mark, source)
            known = self._sources[tenant, type] = tuple(found.values())
        return known


def marks_of(sources: Iterable[Source]) -> Iterator[Marked]:
    """Yield the sources that have texts beside codes, each with the mark of its path."""
    for source in sources:
        if source.type in CODED:
            yield _mark(".".join(source.path)), source


def _mark(path: str) -> str:
    digest = int.from_bytes(blake2b(path.encode(), digest_size=4).digest(), "big")
    letters = ""
    for _ in range(3):
        digest, letter = divmod(digest, 26)
        letters += chr(ord("a") + letter)
    return MARK + letters


def narrative_of(resource: JsonObject) -> Iterator[str]:
    """Yield the text of the narrative, without its markup."""
    narrative = resource.get("text")
    division = narrative.get("div") if isinstance(narrative, dict) else None
    if isinstance(division, str):
        yield unescape(BLOCK.sub(" ", INLINE.sub("", division)))


def content_of(resource: JsonObject, names: frozenset[str]) -> Iterator[str]:
    """Yield the texts of members of these names, contained resources among them."""
    waiting: list[tuple[str, JsonValue]] = [("", resource)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            if name in names and UUID.fullmatch(value) is None:
                yield value
        elif isinstance(value, dict) and name != "meta":
            waiting += () if "reference" in value else reversed(value.items())
        elif isinstance(value, list):
            waiting += [(name, one) for one in reversed(value)]


def marked_of(resource: JsonObject, sources: Iterable[Marked]) -> Iterator[tuple[str, str]]:
    """Yield the texts beside the codes of these sources, with their marks."""
    for mark, source in sources:
        for value in source.values(resource.get(source.member)):
            for text in _texts_beside(value, source.type):
                yield mark, text


def _texts_beside(value: JsonValue, type: str) -> Iterator[str]:
    """Yield the texts of a concept, the display of a coding, or the text of a type."""
    if not isinstance(value, dict):
        return
    if type == "Identifier":
        kind = value.get("type")
        value = {"text": kind.get("text")} if isinstance(kind, dict) else {}
    codings = value.get("coding")
    listed = codings if isinstance(codings, list) else []
    found = [value.get("text"), value.get("display")]
    found += [one.get("display") for one in listed if isinstance(one, dict)]
    yield from (one for one in found if isinstance(one, str))


def _distinct(texts: Iterable[str]) -> Iterator[Passage]:
    return (words for one in dict.fromkeys(texts) if (words := words_of(one)))


def _bounded(narrative: Sequence[Passage], content: Sequence[Passage]) -> Document:
    """Return a document of at most so many words, the first of each part."""
    return Document(_first(narrative), _first(content))


def _first(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    kept: list[Passage] = []
    left = MOST_WORDS
    for passage in passages:
        if not left:
            break
        kept.append(passage[:left])
        left -= len(kept[-1])
    return tuple(kept)
