"""Charges to the Claim that bills them: credits taken off, lines, diagnoses, people, insurance.

Pure: the resources come in, the Claim goes out. A charge that credits take back whole is no line;
one that they take back in part is billed with what is left, to the cent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Issue
from mappers.fhir_x12.system import CLAIM_TYPE, CPT, HCPCS, R4_TEAM_ROLE, REVENUE
from mappers.path import read
from mappers.v2_fhir.charge_type import AUTHORIZATION, MODIFIER
from mappers.v2_fhir.charge_type import REVENUE as REVENUE_URL
from mappers.v2_fhir.feed import CODE_SYSTEMS

BILLABLE, BILLED = "billable", "billed"
PROCEDURES = (CPT, HCPCS, CODE_SYSTEMS["HCPCS"])
PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
PERFORMER, ORDERER = "PRF", "OP"
UNNAMED: JsonObject = {"type": "Organization", "display": "not named by the sender"}
MOST_DIAGNOSES = 4
"""Diagnoses a line may point to: SV107 has four places (005010X222A1)."""


@dataclass(frozen=True, slots=True)
class Net:
    """A charge with what is left of it after its credits."""

    charge: JsonObject
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """What a claim is made of beside its charges."""

    account: JsonObject
    coverages: Sequence[JsonObject]
    encounters: Mapping[str, JsonObject] = field(default_factory=dict)


def net(charges: Sequence[JsonObject]) -> tuple[list[Net], list[Issue]]:
    """Return what is left of each billable charge, and what keeps one from being billed."""
    credits: dict[str, list[JsonObject]] = {}
    issues: list[Issue] = []
    for one in charges:
        if "partOf" not in one:
            continue
        references = read(one, "partOf.reference")
        if references:
            credits.setdefault(str(references[0]), []).append(one)
        else:
            issues.append(_issue(one, "partOf", "the credit names no charge; tie it to one"))
    left = []
    for one in charges:
        if "partOf" in one or one.get("status") != BILLABLE:
            continue
        own = (one, *credits.get(f"ChargeItem/{one['id']}", ()))
        found = Net(one, _sum(own, "quantity.value"), _sum(own, "priceOverride.value"))
        if found.price < 0 or found.quantity < 0:
            issues.append(_issue(one, "priceOverride", "the credits exceed the charge"))
        elif found.price or found.quantity:
            left.append(found)
    return left, issues


def _sum(charges: Sequence[JsonObject], path: str) -> Decimal:
    values = (value for one in charges for value in read(one, path))
    return sum((Decimal(str(value)) for value in values), Decimal(0))


def _issue(charge: JsonObject, element: str, text: str) -> Issue:
    place = f"ChargeItem/{charge.get('id')}"
    return Issue("error", "business-rule", f"{place}: {text}", f"ChargeItem.{element}", "charge")


def duplicates(left: Sequence[Net]) -> Iterator[Issue]:
    """Yield a warning for a charge like another without a modifier that says it is a repeat."""
    seen: dict[tuple[str, ...], JsonObject] = {}
    for one in left:
        key = (
            str(_code(one.charge)),
            str(_modifiers(one.charge)),
            _day(one.charge),
            str(read(one.charge, "performer.actor.identifier.value")),
        )
        if key in seen:
            text = f"looks like ChargeItem/{seen[key].get('id')}: same service, day and performer"
            place = f"ChargeItem/{one.charge.get('id')}"
            yield Issue(
                "warning", "duplicate", f"{place} {text}", "ChargeItem.code", "duplicate-charge"
            )
        seen.setdefault(key, one.charge)


def claim_of(left: Sequence[Net], of: Account, created: str) -> JsonObject:
    """Return the Claim of charges of one account; at least one charge and one coverage."""
    diagnoses = _diagnoses(left)
    team = _team(left)
    first = left[0].charge
    days = sorted(_day(one.charge) for one in left)
    total = sum((one.price for one in left), Decimal(0))
    currency = str((read(first, "priceOverride.currency") or ["USD"])[0])
    providers = [
        *read(first, "performingOrganization"),
        *(one for visit in of.encounters.values() for one in read(visit, "serviceProvider")),
        *(who for role, who in team if role == PERFORMER),
        UNNAMED,
    ]
    payor = read(of.coverages[0], "payor")[0]
    lines: list[JsonValue] = [
        _line(one, at, diagnoses, team, currency) for at, one in enumerate(left, 1)
    ]
    claim: JsonObject = {
        "resourceType": "Claim",
        "status": "active",
        "type": {"coding": [{"system": CLAIM_TYPE, "code": _type(left)}]},
        "use": "claim",
        "patient": first["subject"],
        "billablePeriod": {"start": days[0], "end": days[-1]},
        "created": created,
        "insurer": payor,
        "provider": providers[0],
        "priority": {"coding": [{"system": PRIORITY, "code": "normal"}]},
        "insurance": _insurance(left, of.coverages),
        "item": lines,
        "total": {"value": total, "currency": currency},
    }
    if team:
        claim["careTeam"] = [
            {"sequence": at, "provider": who, "role": _role(role)}
            for at, (role, who) in enumerate(team, 1)
        ]
    if diagnoses:
        claim["diagnosis"] = [
            {"sequence": at, "diagnosisCodeableConcept": one} for at, one in enumerate(diagnoses, 1)
        ]
    return claim


def _type(left: Sequence[Net]) -> str:
    """Return the type of claim: institutional where every line has a revenue code."""
    with_revenue = [one for one in left if read(one.charge, f"extension[url={REVENUE_URL}]")]
    return "institutional" if len(with_revenue) == len(left) else "professional"


def _role(role: str) -> JsonValue:
    code = "primary" if role == PERFORMER else "other"
    return {"coding": [{"system": R4_TEAM_ROLE, "code": code}]}


def _insurance(left: Sequence[Net], coverages: Sequence[JsonObject]) -> JsonValue:
    """Return the coverages in their order, the first with the authorizations of the charges."""
    path = f"extension[url={AUTHORIZATION}].valueIdentifier.value"
    numbers = list(dict.fromkeys(str(n) for one in left for n in read(one.charge, path)))
    references: list[JsonValue] = []
    for at, one in enumerate(coverages, 1):
        insurance: JsonObject = {
            "sequence": at,
            "focal": at == 1,
            "coverage": {"reference": f"Coverage/{one['id']}"},
        }
        if numbers and at == 1:
            insurance["preAuthRef"] = list(numbers)
        references.append(insurance)
    return references


def _line(
    one: Net,
    at: int,
    diagnoses: Sequence[JsonValue],
    team: Sequence[tuple[str, JsonValue]],
    currency: str,
) -> JsonObject:
    """Return the line of a charge."""
    charge = one.charge
    line: JsonObject = {"sequence": at, "productOrService": _code(charge)}
    pointed = [n for n, d in enumerate(diagnoses, 1) if d in read(charge, "reason")]
    members = [n for n, member in enumerate(team, 1) if member in list(_people(charge))]
    revenue = read(charge, f"extension[url={REVENUE_URL}].valueCodeableConcept")
    further: Mapping[str, JsonValue] = {
        "careTeamSequence": list(members),
        "diagnosisSequence": list(pointed[:MOST_DIAGNOSES]),
        "revenue": _revenue(revenue[0]) if revenue else None,
        "modifier": _modifiers(charge),
    }
    line |= {name: value for name, value in further.items() if value}
    if "occurrencePeriod" in charge:
        period = {
            name: str(value)[:10]
            for name in ("start", "end")
            for value in read(charge, f"occurrencePeriod.{name}")
        }
        line["servicedPeriod"] = dict(period)
    else:
        line["servicedDate"] = _day(charge)
    line["quantity"] = {"value": one.quantity}
    line["net"] = {"value": one.price, "currency": currency}
    unit = one.price / one.quantity if one.quantity else one.price
    if unit * one.quantity == one.price and unit == unit.quantize(Decimal("0.01")):
        line["unitPrice"] = {"value": unit, "currency": currency}
    if "context" in charge:
        line["encounter"] = [charge["context"]]
    return line


def _revenue(concept: JsonValue) -> JsonValue:
    """Return a revenue code with its system where none is told."""
    codes = read(concept, "coding.code")
    return {"coding": [{"system": REVENUE, "code": codes[0]}]} if codes else None


def _code(charge: JsonObject) -> JsonValue:
    """Return the procedure of a charge: CPT or HCPCS where it has one, else its first coding."""
    codings = [one for one in read(charge, "code.coding") if isinstance(one, dict)]
    known = [one for one in codings if one.get("system") in PROCEDURES]
    chosen = (known or codings)[:1]
    made: list[JsonValue] = [
        {**one, "system": HCPCS} if one.get("system") == CODE_SYSTEMS["HCPCS"] else one
        for one in chosen
    ]
    return {"coding": made} if made else charge.get("code")


def _modifiers(charge: JsonObject) -> list[JsonValue]:
    return read(charge, f"extension[url={MODIFIER}].valueCodeableConcept")


def _day(charge: JsonObject) -> str:
    told = charge.get("occurrenceDateTime") or next(
        iter(read(charge, "occurrencePeriod.start")), ""
    )
    return str(told)[:10]


def _diagnoses(left: Sequence[Net]) -> list[JsonValue]:
    """Return the diagnoses of the charges, each once, in the order they come."""
    found: list[JsonValue] = []
    for one in left:
        found += [reason for reason in read(one.charge, "reason") if reason not in found]
    return found


def _people(charge: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Yield who performed and who ordered a charge, with the code of the function."""
    for one in read(charge, "performer"):
        codes, actors = read(one, "function.coding.code"), read(one, "actor")
        if actors:
            yield str(codes[0]) if codes else PERFORMER, actors[0]


def _team(left: Sequence[Net]) -> list[tuple[str, JsonValue]]:
    found: list[tuple[str, JsonValue]] = []
    for one in left:
        found += [member for member in _people(one.charge) if member not in found]
    return found
