"""Situations of a claim (SNIP 4): its number, frequency, diagnoses, accident, paperwork."""

from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.kind import CLAIMS
from mappers.x12.rules.claim import npi
from mappers.x12.rules.health_code import diagnoses
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import Sum, summed
from mappers.x12.rules.view import View

_MOST_CLAIMS = 5000


def _repeated_diagnoses(claim: View) -> Iterator[Hit]:
    found = diagnoses(claim)
    seen: set[str] = set()
    for segment, position in found if len(found) > 1 else ():
        code = segment.component(position, 2)
        if code in seen:
            yield Hit(segment, position, 2)
        seen.add(code)


def _reference_of_replaced(claim: View) -> Iterator[Hit]:
    opening = claim.opening
    if opening.component(5, 3) in {"7", "8"} and claim.first("REF", "F8") is None:
        yield Hit(opening, 5, 3, missing="REF")


def _frequency(claim: View) -> Iterator[Hit]:
    if claim.opening.component(5, 3) not in {"1", "6", "7", "8", ""}:
        yield Hit(claim.opening, 5, 3)


def _claim_number(claim: View) -> Iterator[Hit]:
    length = len(claim.opening.element(1))
    if 20 < length <= 38:
        yield Hit(claim.opening, 1, None, f"{length} characters")


def _claim_repeated(claim: View) -> Iterator[Hit]:
    key = (claim.opening.element(1), claim.opening.component(5, 3))
    if key[0] and not claim.scene.is_new("claim", key):
        yield Hit(claim.opening, 1)


def _accident_date(claim: View) -> Iterator[Hit]:
    related = claim.opening.components(11)
    if related and {"AA", "OA"} & set(related[:3]) and claim.first("DTP", "439") is None:
        yield Hit(claim.opening, 11, missing="DTP")


def _accident_state(claim: View) -> Iterator[Hit]:
    related = claim.opening.components(11)
    if "AA" in related[:3] and not claim.opening.component(11, 4):
        yield Hit(claim.opening, 11, 4)


def _paperwork(view: View) -> Iterator[Hit]:
    for segment in view.every("PWK"):
        if segment.element(2) in {"BM", "EL", "EM", "FX", "FT"} and not segment.element(6):
            yield Hit(segment, 6)


def _rendering_is_billing(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    level = claim.up("2000A")
    biller = level.child("2010AA") if level is not None else None
    number = npi(rendering)
    if rendering is None or biller is None or not number or number != npi(biller):
        return
    if biller.opening.element(2) == "1":
        yield Hit(rendering.opening, 9)


def _count(root: View) -> Iterator[Hit]:
    claims = summed(root, "claims")
    if claims is not None and claims > _MOST_CLAIMS:
        yield Hit(root.opening, None, None, f"{claims} claims")


def _one(_: View) -> Decimal:
    return Decimal(1)


SUMS: tuple[Sum, ...] = (Sum("claims", CLAIMS, "2300", _one),)
RULES: tuple[Rule, ...] = (
    Rule(
        "diagnosis-repeated",
        CLAIMS,
        "2300",
        4,
        "warning",
        "the claim names one diagnosis twice",
        "send each diagnosis once",
        _repeated_diagnoses,
        segment="HI",
        status="A7:255",
    ),
    Rule(
        "replaced-claim-number",
        CLAIMS,
        "2300",
        4,
        "error",
        "a replacement or void needs the payer's claim number",
        "send REF*F8 with the number the payer gave the earlier claim",
        _reference_of_replaced,
        path="Claim.related.reference",
        status="A6:464",
        report="IK3",
        code="I6",
    ),
    Rule(
        "claim-frequency",
        ("837P", "837D"),
        "2300",
        4,
        "warning",
        "the claim is neither original, nor replacement, nor void",
        "send CLM05-3 as 1, 7 or 8; 6 where the payer asks for it",
        _frequency,
        status="A7:535",
    ),
    Rule(
        "claim-number-length",
        CLAIMS,
        "2300",
        4,
        "warning",
        "payers need to keep only 20 characters of CLM01",
        "use a shorter claim number, it comes back in 277CA and 835",
        _claim_number,
        status="A7:478",
    ),
    Rule(
        "claim-number-repeated",
        CLAIMS,
        "2300",
        4,
        "warning",
        "two claims of the set bear the same number",
        "give each claim a number of its own",
        _claim_repeated,
        status="A7:54",
    ),
    Rule(
        "accident-date",
        CLAIMS,
        "2300",
        4,
        "error",
        "an accident needs its date",
        "send DTP*439",
        _accident_date,
        path="Claim.accident.date",
        status="A6:189",
        report="IK3",
        code="I6",
    ),
    Rule(
        "accident-state",
        CLAIMS,
        "2300",
        4,
        "error",
        "an accident with a car needs the state it happened in",
        "send CLM11-4",
        _accident_state,
        path="Claim.accident.locationAddress.state",
        status="A6:21",
        report="IK4",
        code="I9",
    ),
    Rule(
        "paperwork-number",
        CLAIMS,
        "",
        4,
        "error",
        "paperwork sent apart needs a control number",
        "send PWK05 AC and PWK06, and the same number with the document",
        _paperwork,
        segment="PWK",
        status="A6:21",
        report="IK4",
        code="I9",
        alone=("PWK",),
    ),
    Rule(
        "rendering-is-billing",
        ("837P", "837D"),
        "2300",
        4,
        "warning",
        "the rendering provider is named though it is the billing provider",
        "leave 2310B out where the biller gave the service",
        _rendering_is_billing,
        path="Claim.careTeam.provider",
        status="A7:21",
    ),
    Rule(
        "claims-per-set",
        CLAIMS,
        "837",
        4,
        "warning",
        "receivers need to take only 5,000 claims in one set",
        "spread the claims over several sets",
        _count,
        status="A3:21",
    ),
)
