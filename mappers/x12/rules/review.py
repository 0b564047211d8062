"""Situations of reviews, 278, and of acknowledgments, 999 (SNIP 4)."""

from collections.abc import Iterator

from mappers.x12.kind import REVIEWS
from mappers.x12.rules.amount import number
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View


def _certified(view: View) -> Iterator[Hit]:
    for segment in view.every("HCR"):
        action = segment.element(1)
        if action in {"A1", "A2", "A6"} and not segment.element(2):
            yield Hit(segment, 2)


def _refused(view: View) -> Iterator[Hit]:
    for segment in view.every("HCR"):
        if segment.element(1) in {"A3", "A4"} and not segment.element(3):
            yield Hit(segment, 3)


def _answered(root: View) -> Iterator[Hit]:
    closing = root.first("AK9")
    counts = [number(closing.element(at)) for at in (3, 4)] if closing is not None else []
    if closing is None or len(counts) < 2 or counts[0] is None or counts[1] is None:
        return
    if counts[1] > counts[0]:
        yield Hit(closing, 4)


RULES: tuple[Rule, ...] = (
    Rule(
        "certification-number",
        REVIEWS,
        "",
        4,
        "warning",
        "the services are certified without a number",
        "ask the reviewer for the number a claim needs in REF*G1",
        _certified,
        segment="HCR",
        alone=("HCR",),
    ),
    Rule(
        "certification-reason",
        REVIEWS,
        "",
        4,
        "warning",
        "the services are refused or pended without a reason",
        "ask the reviewer what lacks",
        _refused,
        segment="HCR",
        alone=("HCR",),
    ),
    Rule(
        "acknowledgment-count",
        ("999",),
        "999",
        4,
        "warning",
        "more sets are accepted than were received",
        "read the verdicts set by set",
        _answered,
    ),
)
