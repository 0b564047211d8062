"""What the payer decides: which claims it takes, and what it pays. Rows and exact arithmetic.

A member id that begins with none of the prefixes is unknown and the claim is rejected (A7:164). A
procedure without a fee is not covered (CO 96, N130). The fee is the most that is allowed, the rest
is contractual (CO 45). The deductible (PR 1), then the copay (PR 3) of the plan are taken from the
first lines that can bear them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from demo.payer.claim import SubmittedClaim, SubmittedLine
from demo.payer.scenario import PLAIN, Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """The members of a plan by the beginning of their ids, and their share of each claim."""

    prefix: str
    copay: Decimal
    deductible: Decimal


PLANS = (
    Plan("CHP", Decimal("20.00"), Decimal("0.00")),
    Plan("EVM", Decimal("0.00"), Decimal("15.00")),
)
FEES = {
    "90791": Decimal("165.00"),
    "90792": Decimal("190.00"),
    "90832": Decimal("72.50"),
    "90834": Decimal("98.40"),
    "90837": Decimal("142.75"),
    "90785": Decimal("14.10"),
    "90833": Decimal("65.00"),
    "90836": Decimal("82.00"),
    "90846": Decimal("95.00"),
    "90847": Decimal("99.00"),
    "90853": Decimal("27.65"),
    "99213": Decimal("90.00"),
    "99214": Decimal("128.00"),
    "H0001": Decimal("150.00"),
    "H0004": Decimal("24.00"),
    "H0005": Decimal("38.00"),
    "H0015": Decimal("175.00"),
    "H0035": Decimal("260.00"),
    "S9480": Decimal("180.00"),
}
ZERO = Decimal("0.00")
VOID = "8"


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What is paid for a line, and why not more: (group, reason, amount) triplets."""

    line: SubmittedLine
    paid: Decimal
    adjustments: tuple[tuple[str, str, Decimal], ...]
    remarks: tuple[str, ...] = ()

    @property
    def allowed(self) -> Decimal:
        """The payment and the patient's share of it."""
        return self.paid + self.share

    @property
    def share(self) -> Decimal:
        """What is left to the patient."""
        return sum((amount for group, _, amount in self.adjustments if group == "PR"), ZERO)


@dataclass(frozen=True, slots=True)
class Decision:
    """What is paid for a claim. `status` is CLP02."""

    claim: SubmittedClaim
    status: str
    lines: tuple[LineDecision, ...]

    @property
    def paid(self) -> Decimal:
        """The payment of all lines."""
        return sum((one.paid for one in self.lines), ZERO)

    @property
    def share(self) -> Decimal:
        """What is left to the patient of all lines."""
        return sum((one.share for one in self.lines), ZERO)


def plan_of(member: str) -> Plan | None:
    """Return the plan of a member id, None where it is not known here."""
    return next((one for one in PLANS if member.startswith(one.prefix)), None)


def decide(claim: SubmittedClaim, plan: Plan, rule: Rule = PLAIN) -> Decision:
    """Return what the plan pays for a claim; it adds up to the charge, line by line."""
    if claim.rank == "S" and any(one.left is not None for one in claim.lines):
        return Decision(claim, "2", tuple(_second(one) for one in claim.lines))
    left = {"1": plan.deductible, "3": plan.copay}
    lines = tuple(
        _denied(one, rule.deny.get(str(at), rule.deny.get("*", [])))
        or _decide_line(one, left, rule.allow.get(str(at)))
        for at, one in enumerate(claim.lines, 1)
    )
    denied = all(not one.allowed for one in lines)
    return Decision(claim, "4" if denied else "1", lines)


def _second(line: SubmittedLine) -> LineDecision:
    """Return what a second payer does: it pays what the first left to the patient (OA 23)."""
    paid = line.left or ZERO
    return LineDecision(line, paid, (("OA", "23", line.charge - paid),))


def _denied(line: SubmittedLine, told: Sequence[str]) -> LineDecision | None:
    """Return the denial of a line by group, CARC and RARCs; None where none is told."""
    if not told:
        return None
    group, reason, *remarks = told
    return LineDecision(line, ZERO, ((group, reason, line.charge),), tuple(remarks))


def _decide_line(
    line: SubmittedLine, left: dict[str, Decimal], most: Decimal | None = None
) -> LineDecision:
    """Return the decision on a line and take the patient's share from what is `left` of it."""
    fee = FEES.get(line.code) if most is None else most / line.units
    if fee is None:
        return LineDecision(line, ZERO, (("CO", "96", line.charge),), ("N130",))
    allowed = min(line.charge, fee * line.units)
    adjustments = [("CO", "45", line.charge - allowed)] if allowed < line.charge else []
    paid = allowed
    for reason, open_amount in left.items():
        share = min(open_amount, paid)
        left[reason] = open_amount - share
        paid -= share
        if share:
            adjustments.append(("PR", reason, share))
    return LineDecision(line, paid, tuple(adjustments))
