"""Resources as the source of segment tables: paths through references, and segments out of tables.

A rule names an element as if references were transparent: `Claim.provider.address[0].city` is
read in the resource that `Claim.provider` refers to. Which tree answers for which beginning of a
path is given; the longest beginning wins.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mappers.apply import run
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.vocabulary import VOCABULARY
from mappers.path import ElementTarget, JsonObject, JsonValue, read, text
from mappers.rule import Table
from mappers.x12.tree import Seg, Value

_PICK = re.compile(r"\[[^\]]*\]")


@dataclass(slots=True)
class Trees:
    """The trees of one loop by the path that leads to them.

    `places` says what a beginning is called in a message (`Claim.item` is `Claim.item[2]`).
    """

    trees: Mapping[str, JsonObject]
    places: Mapping[str, str] = field(default_factory=dict)

    def nodes(self, path: str) -> Sequence[JsonValue]:
        """Return the values at the path."""
        head = self._head(path)
        if head is None:
            return ()
        return read(self.trees[head], path[len(head) + 1 :])

    def texts(self, path: str) -> Sequence[str]:
        """Return the values at the path as text."""
        return [text(value) for value in self.nodes(path)]

    def named(self, path: str) -> str:
        """Return the FHIRPath a message shows: element names alone, up to the element chosen."""
        chosen = re.sub(r"\[\w+=.*", "", path)
        head = self._head(path)
        plain = _PICK.sub("", chosen[len(head) :] if head else chosen)
        return f"{self.places.get(head, head)}{plain}" if head else plain

    def _head(self, path: str) -> str | None:
        heads = (one for one in self.trees if path.startswith(f"{one}."))
        return max(heads, key=len, default=None)


@dataclass(slots=True)
class Loop:
    """The segments of one loop, in the order of their tables, and what is wrong with them."""

    id: str
    segments: list[Seg] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def fill(loop: str, tables: Iterable[Table], source: Trees) -> Loop:
    """Return the segments which the tables give; a segment of constants alone is not written.

    The target of a table is named `loop segment*qualifier`: `2010AA NM1*85`.
    """
    filled = Loop(loop)
    for table in tables:
        target = ElementTarget()
        trace = run(table, source, target, VOCABULARY, None)
        name = table.target.split()[1].partition("*")[0]
        if any(written for written, _ in trace.written):
            filled.segments.append(Seg(name, tuple(_value(one) for one in target.elements(name))))
        filled.problems += [
            Problem("missing", source.named(path), f"{loop} {place}", "is missing")
            for path, place in trace.missing
        ]
        filled.problems += [
            Problem(
                "untranslated",
                source.named(one.source),
                f"{loop} {name}",
                f"the code has no translation in {one.codes}",
            )
            for one in trace.untranslated
            if all(path != one.source for path, _ in trace.written)
        ]
    return filled


def _value(element: str | Sequence[str]) -> Value:
    return element if isinstance(element, str) else tuple(element)
