"""Situations of answers, 271 and refused 278 (SNIP 4)."""

from collections.abc import Iterator

from mappers.x12.kind import REVIEWS
from mappers.x12.lexer import Segment
from mappers.x12.rules.amount import number
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_ACTIVE = frozenset("12345")
_INACTIVE = frozenset("678")


def _refusal(view: View) -> Iterator[Hit]:
    for segment in view.every("AAA"):
        if segment.element(1) == "N" and not segment.element(3):
            yield Hit(segment, 3)


def _percent(view: View) -> Iterator[Hit]:
    for segment in view.every("EB"):
        share = number(segment.element(8))
        if share is not None and share > 1:
            yield Hit(segment, 8)


def _contradiction(level: View) -> Iterator[Hit]:
    """Find a plan told active and inactive at once, for service type 30."""
    kinds: dict[str, Segment] = {}
    name = level.child("2100C")
    for loop in name.each("2110C") if name is not None else ():
        segment = loop.opening
        if "30" in segment.repetitions(3) and not segment.element(4):
            kinds[segment.element(1)] = segment
    if _ACTIVE & kinds.keys() and _INACTIVE & kinds.keys():
        yield Hit(kinds[min(_INACTIVE & kinds.keys())], 1)


RULES: tuple[Rule, ...] = (
    Rule(
        "refusal-reason",
        ("270", "271", *REVIEWS),
        "",
        4,
        "error",
        "the request is refused without a reason",
        "send AAA03; ask the payer what was wrong",
        _refusal,
        segment="AAA",
        report="IK4",
        code="I9",
        alone=("AAA",),
    ),
    Rule(
        "benefit-percent",
        ("271",),
        "",
        4,
        "warning",
        "a percentage is told as a fraction of one",
        "read 20 as 0.2",
        _percent,
        segment="EB",
        alone=("EB",),
    ),
    Rule(
        "benefit-contradiction",
        ("271",),
        "2000C",
        4,
        "warning",
        "the plan is told active and inactive at once",
        "ask the payer which holds",
        _contradiction,
    ),
)
