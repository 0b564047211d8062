"""The vocabulary of judgement beyond syntax and guide: one row a rule."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from mappers.x12.diagnosis import offset_of
from mappers.x12.findings import Finding, Level, Severity
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

ADJUSTMENT_AMOUNTS = range(3, 20, 3)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule is broken, and what to add to its message (amounts, positions; no names)."""

    segment: Segment
    element: int | None = None
    component: int | None = None
    detail: str = ""


Test = Callable[[LoopNode], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: which loops of which sets it judges, from which day, and how it is told.

    `loop` empty means every loop. `test` yields one hit a breach.
    """

    id: str
    sets: tuple[str, ...]
    loop: str
    level: Level
    severity: Severity
    since: date
    message: str
    remedy: str
    test: Test

    def findings(self, node: LoopNode) -> Iterator[Finding]:
        """Yield the breaches in one loop."""
        for hit in self.test(node):
            yield Finding(
                id=self.id,
                level=self.level,
                severity=self.severity,
                message=f"{self.message}{': ' if hit.detail else ''}{hit.detail}",
                remedy=self.remedy,
                loop=node.id,
                segment=hit.segment.id,
                ordinal=hit.segment.ordinal,
                element=hit.element,
                component=hit.component,
                offset=offset_of(hit.segment, hit.element or 0, hit.component),
            )


def number(text: str) -> Decimal | None:
    """Return a number of the R type; None where the text is none (syntax tells that)."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def total(texts: Iterable[str]) -> Decimal | None:
    """Return the exact sum of numbers, empty ones as zero; None where one is no number."""
    numbers = [number(text or "0") for text in texts]
    known = [one for one in numbers if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(numbers) else None


def adjustment_texts(node: LoopNode) -> Iterator[str]:
    """Yield every amount of the CAS segments of one loop."""
    for segment in node.every("CAS"):
        yield from (segment.element(position) for position in ADJUSTMENT_AMOUNTS)
