"""Situations of who is covered (SNIP 4): subscriber, patient, payers and their order."""

from collections.abc import Iterator

from mappers.x12.diagnosis import is_date, is_period
from mappers.x12.kind import CLAIMS, REVIEWS
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_DATED_KINDS = (*CLAIMS, "270", "271", "276", "277", "277CA", *REVIEWS, "275", "834")
_OLDEST = 150


def _patient_is_subscriber(level: View) -> Iterator[Hit]:
    coverage = level.first("SBR")
    if coverage is not None and level.has("2300") and coverage.element(2) != "18":
        yield Hit(coverage, 2)


def _subscriber_facts(level: View) -> Iterator[Hit]:
    name = level.child("2010BA")
    if name is None or not level.has("2300"):
        return
    for needed in ("N3", "N4", "DMG"):
        if name.first(needed) is None:
            yield Hit(name.opening, None, None, f"{needed} is missing", needed)


def _no_claim(level: View) -> Iterator[Hit]:
    if not (level.has("2300") or level.has("2000C")):
        yield Hit(level.opening)


def _member_id(name: View) -> Iterator[Hit]:
    if name.opening.element(1) == "IL" and not name.opening.element(9):
        yield Hit(name.opening, 9)


def _no_primary(claim: View) -> Iterator[Hit]:
    level = claim.up("2000B")
    coverage = level.first("SBR") if level is not None else None
    if coverage is None or coverage.element(1) == "P":
        return
    others = [one.opening.element(1) for one in claim.each("2320")]
    if "P" not in others:
        yield Hit(coverage, 1)


def _payer_order(claim: View) -> Iterator[Hit]:
    level = claim.up("2000B")
    coverage = level.first("SBR") if level is not None else None
    seen = {coverage.element(1)} if coverage is not None else set()
    for other in claim.each("2320"):
        order = other.opening.element(1)
        if order in seen and order != "U":
            yield Hit(other.opening, 1)
        seen.add(order)


def _medicare_reason(level: View) -> Iterator[Hit]:
    coverage = level.first("SBR")
    if coverage is None or coverage.element(9) not in {"MA", "MB"}:
        return
    if coverage.element(1) != "P" and not coverage.element(5):
        yield Hit(coverage, 5)


def _unknown_payer(adjudication: View) -> Iterator[Hit]:
    claim = adjudication.up("2300")
    if claim is None:
        return
    payers = (other.child("2330B") for other in claim.each("2320"))
    known = {one.opening.element(9) for one in payers if one is not None}
    if adjudication.opening.element(1) not in known:
        yield Hit(adjudication.opening, 1)


def _paid_on(other: View) -> Iterator[Hit]:
    """Ask for the day of payment: of the claim, or of each line the payer decided on."""
    claim, payer = other.up("2300"), other.child("2330B")
    if claim is None or payer is None or other.first("AMT", "D") is None:
        return
    lines = any(
        one.opening.element(1) == payer.opening.element(9)
        for line in claim.each("2400")
        for one in line.each("2430")
    )
    dated = payer.first("DTP", "573")
    if not lines and dated is None:
        yield Hit(payer.opening, missing="DTP")
    if lines and dated is not None:
        yield Hit(dated, 1, None, "and on the lines too")


def _reversed(view: View) -> Iterator[Hit]:
    for segment in view.every("DTP"):
        if segment.element(2) == "RD8":
            period = segment.element(3)
            if period[:8] > period[9:] and is_period(period, "RD8"):
                yield Hit(segment, 3)


def _birth(view: View) -> Iterator[Hit]:
    segment, day = view.every("DMG")[0], view.scene.day
    born = segment.element(2)
    if day is None or segment.element(1) != "D8" or not is_date(born):
        return
    if born > view.scene.today or day.year - int(born[:4]) >= _OLDEST:
        yield Hit(segment, 2)


RULES: tuple[Rule, ...] = (
    Rule(
        "patient-is-subscriber",
        CLAIMS,
        "2000B",
        4,
        "warning",
        "a claim under the subscriber says that the subscriber is the patient, SBR02 does not",
        "send SBR02 18, or the claim under the patient's level",
        _patient_is_subscriber,
        status="A8:21",
    ),
    Rule(
        "subscriber-facts",
        CLAIMS,
        "2000B",
        4,
        "warning",
        "the subscriber is the patient: address, birth and gender are needed",
        "send N3, N4 and DMG in 2010BA",
        _subscriber_facts,
        path="Patient",
        status="A6:158",
        report="IK3",
        code="I6",
    ),
    Rule(
        "subscriber-without-claim",
        CLAIMS,
        "2000B",
        4,
        "warning",
        "the subscriber has neither a claim nor a patient",
        "leave the level out or send its claim",
        _no_claim,
    ),
    Rule(
        "member-id",
        CLAIMS,
        "2010BA",
        4,
        "warning",
        "the subscriber has no member id",
        "send NM108 MI and the id of the member's card",
        _member_id,
        status="A6:164",
    ),
    Rule(
        "payer-primary-missing",
        CLAIMS,
        "2300",
        4,
        "warning",
        "no payer of the claim is the primary one",
        "send the primary payer's decision in 2320, or SBR01 P",
        _no_primary,
        path="Coverage.order",
        status="A6:171",
    ),
    Rule(
        "payer-order-repeated",
        CLAIMS,
        "2300",
        4,
        "warning",
        "two payers of the claim have the same place in the order",
        "give each payer its own SBR01",
        _payer_order,
        path="Claim.insurance.sequence",
        status="A8:171",
    ),
    Rule(
        "medicare-secondary-reason",
        CLAIMS,
        "2000B",
        4,
        "warning",
        "Medicare is not primary: the reason is missing",
        "send SBR05",
        _medicare_reason,
        segment="SBR",
        status="A6:21",
        alone=("SBR",),
    ),
    Rule(
        "other-payer-unknown",
        CLAIMS,
        "2430",
        4,
        "error",
        "a line was decided by a payer the claim does not name",
        "repeat in SVD01 the id of the payer in 2330B",
        _unknown_payer,
        segment="SVD",
        path="Claim.insurance.claimResponse",
        status="A8:116",
        report="IK4",
        code="I9",
    ),
    Rule(
        "other-payer-date",
        CLAIMS,
        "2320",
        4,
        "warning",
        "the day of the other payer's payment is told once: with the claim or with its lines",
        "send DTP*573 in 2330B where no line was decided, else on the lines",
        _paid_on,
        segment="AMT",
        path="ClaimResponse.payment.date",
        status="A6:187",
    ),
    Rule(
        "period-reversed",
        _DATED_KINDS,
        "",
        4,
        "error",
        "the period ends before it begins",
        "send the earlier date first",
        _reversed,
        segment="DTP",
        status="A7:187",
        report="IK4",
        code="8",
        alone=("DTP",),
    ),
    Rule(
        "birth-date",
        (*CLAIMS, "270", *REVIEWS),
        "",
        4,
        "error",
        "the birth date lies after the day of the batch, or 150 years before it",
        "correct DMG02",
        _birth,
        segment="DMG",
        path="Patient.birthDate",
        status="A7:158",
        report="IK4",
        code="8",
        alone=("DMG",),
    ),
)
