"""Situations of inquiries and their answers (SNIP 4): 270/271, 276/277, 277CA, 278, 999."""

from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.lexer import Segment
from mappers.x12.rules.rule import Hit, Rule, number
from mappers.x12.rules.sums import Sum
from mappers.x12.rules.view import View

_ELIGIBILITY = ("270", "271")
_CA = ("277CA",)
_REJECTS = frozenset({"A3", "A4", "A6", "A7", "A8"})
_ACTIVE, _INACTIVE = frozenset("12345"), frozenset("678")


def _refusal(view: View) -> Iterator[Hit]:
    for segment in view.every("AAA"):
        if segment.element(1) == "N" and not segment.element(3):
            yield Hit(segment, 3)


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


def _percent(view: View) -> Iterator[Hit]:
    for segment in view.every("EB"):
        share = number(segment.element(8))
        if share is not None and share > 1:
            yield Hit(segment, 8)


def _contradiction(level: View) -> Iterator[Hit]:
    """Find a plan told active and inactive at once, for service type 30."""
    kinds: dict[str, Segment] = {}
    for loop in (*level.each("2110C"), *level.each("2110D")):
        segment = loop.opening
        if "30" in segment.repetitions(3) and not segment.element(4):
            kinds[segment.element(1)] = segment
    if _ACTIVE & kinds.keys() and _INACTIVE & kinds.keys():
        yield Hit(kinds[min(_INACTIVE & kinds.keys())], 1)


def _search(level: View) -> Iterator[Hit]:
    name = level.child("2100C")
    if name is None or level.has("2000D"):
        return
    birth = name.first("DMG")
    if not name.opening.element(9) and (birth is None or not birth.element(2)):
        yield Hit(name.opening, 9)


def _asks(level: View) -> Iterator[Hit]:
    if not (level.has("2110C") or level.has("2000D")):
        yield Hit(level.opening, missing="EQ")


def _status_search(loop: View) -> Iterator[Hit]:
    if loop.first("REF", "1K") or loop.first("REF", "EJ"):
        return
    if loop.first("AMT") is None or loop.first("DTP", "472") is None:
        yield Hit(loop.opening, missing="AMT" if loop.first("AMT") is None else "DTP")


def _action(view: View) -> Iterator[Hit]:
    for segment in view.every("STC"):
        action = segment.element(3)
        rejects = segment.component(1, 1) in _REJECTS
        if (action == "U" and not rejects) or (action == "WQ" and rejects):
            yield Hit(segment, 3)


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


SUMS: tuple[Sum, ...] = (
    Sum("accepted", _CA, "2200D", _accepted),
    Sum("rejected", _CA, "2200D", _rejected),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "refusal-reason",
        ("270", "271", "278", "278I"),
        "",
        4,
        "error",
        "the request is refused without a reason",
        "send AAA03; ask the payer what was wrong",
        _refusal,
        segment="AAA",
        report="IK4",
        code="I9",
    ),
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
    Rule(
        "status-search",
        ("276",),
        "2200D",
        4,
        "warning",
        "a payer finds a claim by its own number, or by charge and dates of service",
        "send REF*1K, or AMT*T3 and DTP*472",
        _status_search,
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
    ),
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
    Rule(
        "certification-number",
        ("278", "278I"),
        "",
        4,
        "warning",
        "the services are certified without a number",
        "ask the reviewer for the number a claim needs in REF*G1",
        _certified,
        segment="HCR",
    ),
    Rule(
        "certification-reason",
        ("278", "278I"),
        "",
        4,
        "warning",
        "the services are refused or pended without a reason",
        "ask the reviewer what lacks",
        _refused,
        segment="HCR",
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
