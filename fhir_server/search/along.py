"""Resources that come along with the matches, round by round, each once and no match again.

A round is one statement: what the resources of the round before refer to, which is read from
their bodies, and what refers to them. Includes that do not iterate have one round. What does not
fit on a page follows by a link, from where this page ends. Included are the current versions,
of a canonical reference those that have its version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Issue
from fhir_server.search.extract import Extractor
from fhir_server.search.gathering import Gathering
from fhir_server.search.query import Query
from fhir_server.search.reaching import plan_reached
from fhir_server.search.reads import Reads
from fhir_server.search.registry import Registry

EXAMINED = 10
"""How many times the limit of a page may be looked through to follow includes that iterate."""


@dataclass(frozen=True, slots=True)
class Along:
    """What comes along with a page; `rest` is the place of the last when more would."""

    found: tuple[Version, ...] = ()
    rest: tuple[int, int] | None = None
    notes: tuple[Issue, ...] = ()


def come_along(
    query: Query,
    found: Sequence[Version],
    context: Context,
    extractor: Extractor,
    reads: Reads,
) -> Along:
    """Return what comes along with these matches, from the place in the query's bookmark on."""
    if not found or not (query.includes or query.revincludes):
        return Along()
    walk = _Walk(query, context, extractor.registry, reads)
    return walk.run(found)


@dataclass(slots=True)
class _Walk:
    """Gathers rounds until the page is full or nothing new comes."""

    query: Query
    context: Context
    registry: Registry
    reads: Reads
    seen: set[int] = field(default_factory=set)
    out: list[tuple[int, Version]] = field(default_factory=list)

    def run(self, found: Sequence[Version]) -> Along:
        query = self.query
        self.seen = {one.rid for one in found}
        iterated = [one for one in (*query.includes, *query.revincludes) if one.iterate]
        last = query.include_depth if iterated else 1
        frontier: Sequence[Version] = found
        for number in range(1, last + 1):
            frontier = self._round(frontier, number, last > 1)
            if self._is_full:
                return self._cut()
            if not frontier:
                return Along(self._versions)
            if len(frontier) > query.include_limit * EXAMINED:
                return Along(self._versions, notes=(_too_many(len(frontier) - 1),))
        return Along(self._versions, notes=self._deeper(frontier) if iterated else ())

    def _round(self, frontier: Sequence[Version], number: int, follows: bool) -> list[Version]:  # noqa: FBT001 - one of two kinds of walk
        """Return what is new in a round; all of it, if another round follows."""
        resumed = self.query.bookmark.along if self.query.bookmark else None
        begin = resumed or (0, 0)
        limit = self.query.include_limit
        room = limit * EXAMINED if follows else limit - len(self.out)
        below = begin[1] if begin[0] == number and not follows else None
        new = self._reached(frontier, number > 1, room + 1, below)
        for one in new:
            if number > begin[0] or (number == begin[0] and one.rid < begin[1]):
                self.out.append((number, one))
        return new

    def _reached(
        self,
        frontier: Sequence[Version],
        iterated: bool,  # noqa: FBT001 - whether it is a later round
        limit: int,
        below: int | None,
    ) -> list[Version]:
        gathering = Gathering(self.context.tenant, self.registry, self.query.base)
        for include in self.query.includes:
            if include.iterate or not iterated:
                gathering.follow(include, frontier)
        for include in self.query.revincludes:
            if include.iterate or not iterated:
                gathering.referring(include, frontier, self.query.searchable)
        reaching = replace(gathering.reaching(), seen=tuple(self.seen), below=below)
        if reaching.is_empty:
            return []
        plan = plan_reached(reaching, self.context, self.query.readable, limit)
        new = [one for one in self.reads.search(plan) if gathering.is_wanted(one)]
        self.seen |= {one.rid for one in new}
        return new

    def _deeper(self, frontier: Sequence[Version]) -> tuple[Issue, ...]:
        if not self._reached(frontier, True, 1, None):  # noqa: FBT003 - a later round
            return ()
        text = f"includes were followed {self.query.include_depth} times; more would come along"
        return (Issue("warning", "too-costly", text, detail="include-depth"),)

    @property
    def _is_full(self) -> bool:
        return len(self.out) > self.query.include_limit

    @property
    def _versions(self) -> tuple[Version, ...]:
        return tuple(one for _, one in self.out)

    def _cut(self) -> Along:
        limit = self.query.include_limit
        number, last = self.out[limit - 1]
        text = f"more than {limit} resources come along; the link `related` leads to the rest"
        note = Issue("warning", "too-costly", text, detail="include-limit")
        return Along(self._versions[:limit], (number, last.rid), (note,))


def _too_many(number: int) -> Issue:
    text = f"more than {number} resources are reached at once, and not followed further"
    return Issue("warning", "too-costly", text, detail="include-limit")
