"""How much a map keeps: X12 to FHIR and back, FHIR to X12 and back, element by element.

A map is a `RoundTrip`: how a transaction set is read to what the map makes of it, and written from
it again. Adding one here makes it part of `parity x12 fidelity`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, Literal, Protocol, TypeVar

from mappers.fhir_x12.leaf import Leaves, fhir_leaves, x12_leaves
from mappers.fhir_x12.problem import NotMappable
from mappers.path import JsonObject, JsonValue
from mappers.x12.grammar import Guide
from mappers.x12.reader import read
from mappers.x12.tree import LoopNode, Node
from mappers.x12.writer import Envelope, NotWritable, SetBody, write

T = TypeVar("T")
Way = Literal["X12 to FHIR to X12", "FHIR to X12 to FHIR"]
_ENVELOPE = Envelope(
    "ZZ", "FIDELITY", "ZZ", "FIDELITY", 1, 1, datetime(2026, 1, 1, tzinfo=UTC), "T"
)
WANTED = 0.99
"""The share of the populated elements that a map keeps both ways."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Elements at one place that did not come back, and why."""

    path: str
    reason: str
    count: int
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one case sent one way and back."""

    map: str
    way: Way
    case: str
    populated: int
    kept: int
    losses: tuple[Loss, ...]

    @property
    def share(self) -> float:
        """The share of the populated elements that came back; 1 where there was none."""
        return self.kept / self.populated if self.populated else 1.0


class Trip(Protocol):
    """A map, whatever it holds between X12 and FHIR."""

    @property
    def name(self) -> str:
        """What the map is called: `837P`."""

    @property
    def guide(self) -> Guide:
        """The guide of the sets it reads and writes."""

    def built_in(self) -> Iterator[Kept]:
        """Yield both ways of every case that comes with the product."""

    def of_x12(self, case: str, root: LoopNode) -> Kept:
        """Send a transaction set to FHIR and back."""

    def of_resources(self, case: str, resources: Sequence[JsonObject]) -> Iterator[Kept]:
        """Send what the map finds among resources to X12 and back."""


@dataclass(frozen=True)
class RoundTrip(Generic[T]):
    """One map, both ways.

    `read` makes a transaction set what the map holds; `write` the set again. Raises NotMappable.
    `view` shows it as JSON, references replaced by what they refer to; `cases` are built in;
    `take` finds what the map would write among resources. `reasons` say by the beginning of a path
    (`2010BA N3`, `Claim.created`), or by its end (`*.display`), why it does not come back; those of
    `withheld` name what the guide has no place for, which is listed and not counted.
    """

    name: str
    guide: Guide
    read: Callable[[LoopNode], T]
    write: Callable[[T], Node]
    view: Callable[[T], JsonValue]
    cases: Callable[[], Mapping[str, T]]
    take: Callable[[Sequence[JsonObject]], Iterable[T]]
    reasons: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)

    def there(self, held: T) -> LoopNode:
        """Return what the map holds as a set that was written and read."""
        data = write(self.guide, [SetBody("0001", self.write(held))], _ENVELOPE)
        return next(one.root for _, _, one in read(data).sets())

    def of_fhir(self, case: str, held: T) -> Kept:
        """Send FHIR to X12 and back."""
        before = fhir_leaves(self.view(held))
        try:
            after = fhir_leaves(self.view(self.read(self.there(held))))
        except (NotMappable, NotWritable) as error:
            return self._nothing("FHIR to X12 to FHIR", case, before, error)
        return self._kept("FHIR to X12 to FHIR", case, before, after)

    def of_x12(self, case: str, root: LoopNode) -> Kept:
        """Send a transaction set to FHIR and back."""
        before = x12_leaves(root, self.guide)
        try:
            after = x12_leaves(self.there(self.read(root)), self.guide)
        except (NotMappable, NotWritable) as error:
            return self._nothing("X12 to FHIR to X12", case, before, error)
        return self._kept("X12 to FHIR to X12", case, before, after)

    def of_resources(self, case: str, resources: Sequence[JsonObject]) -> Iterator[Kept]:
        """Send what the map finds among resources to X12 and back."""
        for held in self.take(resources):
            yield self.of_fhir(case, held)

    def built_in(self) -> Iterator[Kept]:
        """Yield both ways of every case that comes with the product."""
        for name, held in self.cases().items():
            kept = self.of_fhir(name, held)
            yield kept
            if kept.kept:
                yield self.of_x12(name, self.there(held))

    def _kept(self, way: Way, case: str, before: Leaves, after: Leaves) -> Kept:
        lost: Counter[str] = Counter()
        for (path, _), count in (before - after).items():
            lost[path.partition("|")[2]] += count
        losses = tuple(self._loss(path, count) for path, count in sorted(lost.items()))
        total = sum(before.values()) - sum(one.count for one in losses if one.is_withheld)
        missing = sum(one.count for one in losses if not one.is_withheld)
        return Kept(self.name, way, case, total, total - missing, losses)

    def _nothing(
        self, way: Way, case: str, before: Leaves, error: NotMappable | NotWritable
    ) -> Kept:
        """Return the case that could not be written at all, with what kept it from it.

        A set that breaks its guide cannot be written strictly: that is no loss of the map, and
        nothing of it is counted.
        """
        total = 0 if way == "X12 to FHIR to X12" else sum(before.values())
        if isinstance(error, NotMappable):
            told = [(one.path, f"cannot be written: {one.message}") for one in error.problems]
        else:
            told = [(one.place, f"cannot be written: {one.message}") for one in error.findings]
        return Kept(self.name, way, case, total, 0, tuple(Loss(*one, 0) for one in told))

    def _loss(self, path: str, count: int) -> Loss:
        """Return why an element does not come back, by the longest beginning that is known."""
        for reasons in (self.withheld, self.reasons):
            known = [one for one in reasons if _is_of(path, one)]
            if known:
                reason = reasons[max(known, key=len)]
                return Loss(path, reason, count, reasons is self.withheld)
        return Loss(path, "the map has no place for it", count)


def _is_of(path: str, place: str) -> bool:
    """Tell whether a path begins as a reason says, or ends so (`*.display`)."""
    return path.endswith(place[1:]) if place.startswith("*") else path.startswith(place)


@dataclass(frozen=True, slots=True)
class Summary:
    """All cases of one map one way: sums, and the losses of each path."""

    map: str
    way: Way
    cases: int
    populated: int
    kept: int
    losses: tuple[Loss, ...]

    @property
    def share(self) -> float:
        """The share of the populated elements that came back."""
        return self.kept / self.populated if self.populated else 1.0

    @property
    def is_enough(self) -> bool:
        """Whether the map keeps what it should."""
        return self.share >= WANTED


def summaries(kept: Iterable[Kept]) -> list[Summary]:
    """Return the sums by map and way, in the order in which they first come."""
    groups: dict[tuple[str, Way], list[Kept]] = {}
    for one in kept:
        groups.setdefault((one.map, one.way), []).append(one)
    return [_summary(*key, found) for key, found in groups.items()]


def _summary(map: str, way: Way, found: Sequence[Kept]) -> Summary:
    lost: Counter[tuple[str, str, bool]] = Counter()
    for one in found:
        for loss in one.losses:
            lost[loss.path, loss.reason, loss.is_withheld] += loss.count
    losses = tuple(
        Loss(path, reason, count, is_withheld)
        for (path, reason, is_withheld), count in sorted(lost.items())
    )
    populated, kept = sum(one.populated for one in found), sum(one.kept for one in found)
    return Summary(map, way, len(found), populated, kept, losses)
