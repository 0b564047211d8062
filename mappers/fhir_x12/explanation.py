"""ExplanationOfBenefit of a claim in the slots of CARIN Blue Button: what was billed, what stands.

Computed from the Claim and its remittances, never stored: it says what the others say.
Source: https://hl7.org/fhir/us/carin-bb.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import coding, concept, money, objects, said, some
from mappers.fhir_x12.netting import Key, Net, is_adjustment, net
from mappers.path import JsonObject, JsonValue, read

CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem"
ADJUDICATION = f"{CARIN}/C4BBAdjudication"
INFORMATION = f"{CARIN}/C4BBSupportingInfoType"
STANDARD = {"deductible", "copay"}
SLOTS: Mapping[Key, str] = {  # group and CARC: the slot of CARIN
    ("PR", "1"): "deductible",
    ("PR", "2"): "coinsurance",
    ("PR", "3"): "copay",
    ("CO", "45"): "discount",
    ("OA", "23"): "priorpayerpaid",
}
GROUPS: Mapping[str, str] = {
    "PR": "memberliability",
    "CO": "noncovered",
    "PI": "noncovered",
    "OA": "noncovered",
}
_COPIED = (
    "type",
    "use",
    "patient",
    "billablePeriod",
    "provider",
    "facility",
    "related",
    "careTeam",
    "supportingInfo",
    "diagnosis",
    "procedure",
    "accident",
)
_LINE = (
    "sequence",
    "careTeamSequence",
    "diagnosisSequence",
    "procedureSequence",
    "informationSequence",
    "revenue",
    "category",
    "productOrService",
    "modifier",
    "programCode",
    "servicedDate",
    "servicedPeriod",
    "locationCodeableConcept",
    "quantity",
    "unitPrice",
    "net",
    "bodySite",
    "encounter",
)


def explanation(
    claim: JsonObject, responses: Sequence[JsonObject], created: str
) -> JsonObject | None:
    """Return the ExplanationOfBenefit of a claim; None where no remittance has come.

    `responses` are the claim's, the oldest first; `created` is a FHIR dateTime.
    """
    standing = net(responses)
    if standing is None:
        return None
    last = standing.last
    payer = said(last, f"identifier[system={system.PAYER_CLAIM_NUMBER}].value")
    tree: JsonObject = {name: claim[name] for name in _COPIED if name in claim}
    tree["supportingInfo"] = [*objects(tree, "supportingInfo"), *_information(claim, last)]
    kind = concept(f"{CARIN}/C4BBIdentifierType", "uc")
    identifiers: list[JsonValue] = [{"type": kind, "value": payer}] if payer else []
    return {
        "resourceType": "ExplanationOfBenefit",
        "id": str(claim["id"]),
        **some("identifier", identifiers),
        "status": "active",
        **{name: value for name, value in tree.items() if value != []},
        "created": created,
        "insurer": claim.get("insurer", last["insurer"]),
        "claim": {"reference": f"Claim/{claim['id']}"},
        "claimResponse": {"reference": f"ClaimResponse/{last['id']}"},
        "outcome": "complete",
        "disposition": last.get("disposition", "processed"),
        "insurance": list(_insurance(claim)),
        "item": [_item(one, standing) for one in objects(claim, "item")],
        **some("adjudication", list(_adjudications(standing.lines.get(0, {})))),
        "total": list(_totals(standing)),
        "payment": _payment(standing),
        **some("processNote", [_note(one) for one in objects(last, "processNote")]),
    }


def _information(claim: JsonObject, last: JsonObject) -> Iterator[JsonValue]:
    """Yield what the remittance adds: the day of receipt and the diagnosis related group."""
    used = [one for one in read(claim, "supportingInfo.sequence") if isinstance(one, int)]
    sequence = max(used, default=0)
    for found in read(last, f"extension[url={ext.DATE}]"):
        if "050" in read(found, "extension[url=qualifier].valueCode"):
            sequence += 1
            day = read(found, "extension[url=value].valueDate")[0]
            category = concept(INFORMATION, "clmrecvddate")
            yield {"sequence": sequence, "category": category, "timingDate": day}
    for code in read(last, f"extension[url={ext.CLAIM}].extension[url=drg].valueCode"):
        sequence += 1
        told = concept("https://www.cms.gov/icd10m/version37-fullcode-cms/P0002.html", str(code))
        yield {"sequence": sequence, "category": concept(INFORMATION, "drg"), "code": told}


def _insurance(claim: JsonObject) -> Iterator[JsonValue]:
    for one in objects(claim, "insurance"):
        coverage = one.get("coverage", {"display": "not stated"})
        yield {"focal": one.get("focal", True), "coverage": coverage}


def _item(item: JsonObject, standing: Net) -> JsonObject:
    sequence = item.get("sequence")
    found = standing.lines.get(sequence if isinstance(sequence, int) else -1, {})
    kept: JsonObject = {name: item[name] for name in _LINE if name in item}
    return {**kept, **some("adjudication", list(_adjudications(found)))}


def _adjudications(found: Mapping[Key, Decimal]) -> Iterator[JsonValue]:
    for key in found:
        reason: JsonObject = {"reason": concept(system.CARC, key[1])} if key[1] else {}
        yield {"category": {"coding": list(_slot(key))}, **reason, "amount": money(found[key])}


def _slot(key: Key) -> Iterator[JsonValue]:
    """Yield the codings of a slot: CARIN's or HL7's, and the group of the adjustment."""
    yield coding(*_place(key))
    if is_adjustment(key):
        yield coding(system.ADJUSTMENT_GROUP, key[0])


def _place(key: Key) -> tuple[str, str]:
    """Return code system and code of the slot of an adjudication."""
    group, _ = key
    if not is_adjustment(key):
        return system.ADJUDICATION, group
    slot = SLOTS.get(key) or GROUPS.get(group, "noncovered")
    return (system.ADJUDICATION if slot in STANDARD else ADJUDICATION), slot


def _totals(standing: Net) -> Iterator[JsonValue]:
    """Yield the sums CARIN asks for: billed, allowed, each share of the member, paid."""
    sums: dict[tuple[str, str], Decimal] = {}
    for key in standing.told():
        place = _place(key)
        sums[place] = sums.get(place, Decimal()) + standing.total(key)
    sums[system.ADJUDICATION, "benefit"] = standing.paid
    for (at, code), amount in sums.items():
        yield {"category": concept(at, code), "amount": money(amount)}


def _payment(standing: Net) -> JsonObject:
    denied = [one for one in standing.lines.values() if _is_denied(one)]
    status = "partiallypaid" if denied else "paid"
    status = status if standing.paid > 0 else "denied"
    date = read(standing.last, "payment.date")
    return {
        "type": concept(f"{CARIN}/C4BBPayerClaimPaymentStatusCode", status),
        **({"date": date[0]} if date else {}),
        "amount": money(standing.paid),
    }


def _is_denied(found: Mapping[Key, Decimal]) -> bool:
    """Tell whether nothing of a line was allowed: it is neither paid nor left to the patient."""
    shares = [amount for key, amount in found.items() if key[0] == "PR"]
    return ("submitted", "") in found and ("benefit", "") not in found and not any(shares)


def _note(note: JsonObject) -> JsonObject:
    return {name: note[name] for name in ("number", "type", "text") if name in note}
