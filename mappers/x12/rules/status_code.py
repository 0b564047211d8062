"""Situations of claim status, 276, 277 and 277CA (SNIP 4)."""

from collections.abc import Iterator

from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_CA = ("277CA",)
_REJECTS = frozenset({"A3", "A4", "A6", "A7", "A8"})


def _status_search(loop: View) -> Iterator[Hit]:
    if loop.id not in {"2200D", "2200E"} or loop.first("REF", "1K"):
        return
    if loop.first("AMT") is None or loop.first("DTP", "472") is None:
        yield Hit(loop.opening, missing="AMT" if loop.first("AMT") is None else "DTP")


def _action(view: View) -> Iterator[Hit]:
    for segment in view.every("STC"):
        action = segment.element(3)
        rejects = segment.component(1, 1) in _REJECTS
        if (action == "U" and not rejects) or (action == "WQ" and rejects):
            yield Hit(segment, 3)


RULES: tuple[Rule, ...] = (
    Rule(
        "status-search",
        ("276",),
        "",
        4,
        "warning",
        "a payer finds a claim by its own number, or by charge and dates of service",
        "send REF*1K, or AMT*T3 and DTP*472",
        _status_search,
        segment="TRN",
    ),
    Rule(
        "status-action",
        _CA,
        "",
        4,
        "error",
        "the action (STC03) contradicts the status",
        "read the claim as rejected and ask the payer",
        _action,
        segment="STC",
        report="IK4",
        code="I9",
        alone=("STC",),
    ),
)
