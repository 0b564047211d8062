"""Situations of requests, 270 (SNIP 4): how a subscriber is found, what is asked."""

from collections.abc import Iterator

from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View


def _trace_side(view: View) -> Iterator[Hit]:
    """Find a request that returns a trace (2) instead of bearing one (1)."""
    for segment in view.every("TRN"):
        if segment.element(1) == "2":
            yield Hit(segment, 1)


def _trace_origin(view: View) -> Iterator[Hit]:
    for segment in view.every("TRN"):
        origin = segment.element(3)
        if not (len(origin) == 10 and origin[0] in "139"):
            yield Hit(segment, 3)


def _search(level: View) -> Iterator[Hit]:
    name = level.child("2100C")
    if name is None or level.has("2000D"):
        return
    birth = name.first("DMG")
    if not name.opening.element(9) and (birth is None or not birth.element(2)):
        yield Hit(name.opening, 9)


def _asks(level: View) -> Iterator[Hit]:
    name = level.child("2100C")
    if name is not None and not (name.has("2110C") or level.has("2000D")):
        yield Hit(level.opening, missing="EQ")


RULES: tuple[Rule, ...] = (
    Rule(
        "trace-of-request",
        ("270", "276"),
        "",
        4,
        "warning",
        "a request bears its own trace (TRN01 1)",
        "send TRN01 1; the answer returns it as 2",
        _trace_side,
        segment="TRN",
        alone=("TRN",),
    ),
    Rule(
        "trace-origin",
        ("270",),
        "",
        4,
        "warning",
        "TRN03 is not the ten characters of who traces",
        "send 1 and the tax id, or 3 or 9 and the number agreed upon",
        _trace_origin,
        segment="TRN",
        alone=("TRN",),
    ),
    Rule(
        "subscriber-search",
        ("270",),
        "2000C",
        4,
        "warning",
        "a payer finds a subscriber by member id or birth date, there is neither",
        "send NM109 or DMG02",
        _search,
        path="Coverage.subscriberId",
    ),
    Rule(
        "inquiry-missing",
        ("270",),
        "2000C",
        4,
        "warning",
        "the subscriber's level asks nothing",
        "send EQ with the service types asked for",
        _asks,
        path="CoverageEligibilityRequest.item",
    ),
)
