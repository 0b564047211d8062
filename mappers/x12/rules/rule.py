"""The vocabulary of judgement beyond syntax and guide: one row a rule."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from mappers.x12.diagnosis import offset_of
from mappers.x12.findings import Finding, Level, Report, Severity, mask
from mappers.x12.lexer import Segment
from mappers.x12.rules.view import View
from mappers.x12.twin import twin

ALWAYS = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule is broken, and what to add to its message (amounts, positions; no names).

    `missing` names the segment that should be there; the hit then stands where it is asked for.
    """

    segment: Segment
    element: int | None = None
    component: int | None = None
    detail: str = ""
    missing: str = ""
    severity: Severity | None = None


Test = Callable[[View], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: which loops of which kinds of set it judges, in which days, and how it is told.

    `loop` empty means every loop; with a `segment` only loops that hold one are judged. `test`
    yields one hit a breach. `status` is the claim status (category and code) a 277CA tells it by;
    `report` and `code` the acknowledgment code of a 999, empty where a 999 has none. `path` is the
    FHIR element it comes from, where the place alone does not tell it. A rule of a `list` judges
    only where the site has loaded that list. `alone` names own segments of the loop, where the rule
    reads nothing else of it: what it finds in one of them it would find in it alone.
    """

    id: str
    kinds: tuple[str, ...]
    loop: str
    level: Level
    severity: Severity
    message: str
    remedy: str
    test: Test
    since: date = ALWAYS
    until: date | None = None
    segment: str = ""
    list: str = ""
    path: str = ""
    status: str = "A7:21"
    report: Report = ""
    code: str = ""
    alone: tuple[str, ...] = ()

    def holds(self, day: date | None) -> bool:
        """Tell whether the rule is in force on a day; on an unknown day it is."""
        return day is None or (self.since <= day and (self.until is None or day <= self.until))

    def findings(self, view: View) -> Iterator[Finding]:
        """Yield the breaches in one loop."""
        for hit in self.test(view):
            yield self.finding(hit, view)

    def finding(self, hit: Hit, view: View) -> Finding:
        """Return the finding of one breach."""
        segment = hit.segment
        element = hit.element or 0
        value = segment.component(element, hit.component) if hit.component else ""
        loop = view.loop_of(segment)
        return Finding(
            id=self.id,
            level=self.level,
            severity=hit.severity or self.severity,
            message=f"{self.message}{': ' if hit.detail else ''}{hit.detail}",
            remedy=self.remedy,
            report=self.report,
            code=self.code,
            loop=loop,
            segment=segment.id,
            ordinal=segment.ordinal,
            element=hit.element,
            component=hit.component,
            offset=offset_of(segment, element, hit.component),
            value=mask(value or (segment.element(element) if element else "")),
            path=self.path or twin(view.scene.kind, loop, segment, hit.element, hit.component),
            status=self.status,
            unit=view.unit_number,
            missing=hit.missing,
        )
