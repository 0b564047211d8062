"""Counts of a 277CA against the claims it tells of (SNIP 3)."""

from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.rules.amount import number
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import Sum
from mappers.x12.rules.view import View

_CA = ("277CA",)
_REJECTS = frozenset({"A3", "A4", "A6", "A7", "A8"})


def _decided(claim: View) -> str:
    segment = claim.first("STC")
    category = segment.component(1, 1) if segment is not None else ""
    return "rejected" if category in _REJECTS else "accepted"


def _accepted(claim: View) -> Decimal:
    return Decimal(_decided(claim) == "accepted")


def _rejected(claim: View) -> Decimal:
    return Decimal(_decided(claim) == "rejected")


def _provider_counts(level: View) -> Iterator[Hit]:
    """Compare QTY*QA and QC with the claims told since the provider before."""
    sums, batch = level.scene.sums, level.child("2200C")
    for name, qualifier in (("accepted", "QA"), ("rejected", "QC")):
        told = batch.first("QTY", qualifier) if batch is not None else None
        so_far, before = sums.get(name), sums.get(f"{name}-before", Decimal(0))
        sums[f"{name}-before"] = so_far if so_far is not None else before
        count = (so_far or Decimal(0)) - (before or Decimal(0))
        if told is not None and number(told.element(2)) not in (count, None):
            yield Hit(told, 2, None, f"{count} claims are {name}")


def _batch_counts(level: View) -> Iterator[Hit]:
    sums, batch = level.scene.sums, level.child("2200B")
    for name, qualifier in (("accepted", "90"), ("rejected", "AA")):
        told = batch.first("QTY", qualifier) if batch is not None else None
        count = sums.get(name) or Decimal(0)
        stated = number(told.element(2)) if told is not None else None
        if told is not None and stated is not None and level.has("2000C") and stated != count:
            yield Hit(told, 2, None, f"{count} claims are {name}")


SUMS: tuple[Sum, ...] = (
    Sum("accepted", _CA, "2200D", _accepted),
    Sum("rejected", _CA, "2200D", _rejected),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "provider-claim-count",
        _CA,
        "2000C",
        3,
        "warning",
        "the counts of the provider are not those of its claims",
        "count by the claims; ask for those that lack",
        _provider_counts,
    ),
    Rule(
        "batch-claim-count",
        _CA,
        "2000B",
        3,
        "warning",
        "the counts of the batch are not those of its claims",
        "count by the claims; ask for those that lack",
        _batch_counts,
    ),
)
