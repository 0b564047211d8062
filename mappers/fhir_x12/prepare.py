"""A claim made ready for its rows: what stands in one X12 element and in several FHIR ones.

The rows name these members like elements: `place`, `frequency`, `recordNumber`, `admittedAt`.
"""

from collections.abc import Mapping

from mappers.fhir_x12 import system
from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.party import Parties
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.step import codes_of
from mappers.path import JsonObject, JsonValue, read

LARGEST_CONTROL = 50
_PLACE = f"locationCodeableConcept.coding[system={system.PLACE_OF_SERVICE}].code"
_ITEM_PLACE = getter(_PLACE)
_FIRST_PLACE = getter(f"item[0].{_PLACE}")
_CLAIM_PLACE = getter(f"{system.extension('place-of-service')}.valueCode")
_FREQUENCY = getter(f"{system.extension('claim-frequency')}.valueCode")
_BILL = getter("supportingInfo{category:typeofbill}.code.coding.code")
_START = getter("supportingInfo{category:admissionperiod}.timingPeriod.start")
_HOUR = getter(
    f"supportingInfo{{category:admissionperiod}}.{system.extension('admission-hour')}.valueTime"
)
_WEIGHT = getter("supportingInfo{category:patientweight}.valueQuantity.value")
_PREGNANT = getter("supportingInfo{category:pregnancy}.valueBoolean")
_RELATED = FORMS["related-claim"]
_RELATIONSHIP = getter("related[0].relationship")
_ICN = getter(f"identifier[system={system.PAYER_CLAIM_NUMBER}].value")
_DAY = 10


def prepared_claim(
    claim: JsonObject, found: Parties, kind: Kind, resources: Mapping[str, JsonObject]
) -> JsonObject:
    """Return the claim with the members its rows read."""
    made: JsonObject = {
        **claim,
        "insurance": [found.insurance],
        "place": _place(claim, kind),
        "frequency": frequency(claim, kind),
        "recordNumber": _record_number(found.patient),
    }
    if "related" in claim:
        made["related"] = _related(claim, resources)
    if "referral" in claim:
        made["referral"] = _named(claim, claim["referral"], resources)
    if "supportingInfo" in claim:
        made["supportingInfo"] = _information(claim, resources)
        made["admittedAt"] = _admitted(claim)
    if claim.get("use") == "predetermination":
        made["predetermination"] = "PB"
    return made


def patient_facts(claim: JsonObject, patient: JsonObject) -> JsonObject:
    """Return what PAT tells of the patient."""
    facts = {
        "deceasedDateTime": patient.get("deceasedDateTime"),
        "weight": _WEIGHT(claim),
        "pregnant": _PREGNANT(claim),
    }
    return {name: one for name, one in facts.items() if one is not None}


def frequency(claim: JsonObject, kind: Kind) -> str | None:
    """Return the claim's frequency code: of its relation to another, its own, its bill type's."""
    related = _RELATIONSHIP(claim)
    told = _RELATED.write(related, 1) if related is not None else None
    own = told or _FREQUENCY(claim)
    if own is None and kind.name == "institutional":
        bill = _BILL(claim)
        own = bill[-1] if isinstance(bill, str) and len(bill) in {3, 4} else None
    return own if isinstance(own, str) else None


def _place(claim: JsonObject, kind: Kind) -> JsonValue:
    """Return the place of service, or the two digits of the bill type that name the facility."""
    if kind.name == "institutional":
        bill = _BILL(claim)
        return bill.removeprefix("0")[:2] if isinstance(bill, str) and len(bill) > 2 else None
    return _CLAIM_PLACE(claim) or _FIRST_PLACE(claim)


def line_place(claim: JsonObject, item: JsonObject) -> bool:
    """Tell whether a line tells its place of service: it is another, or the claim has its own."""
    return bool(_CLAIM_PLACE(claim)) or _ITEM_PLACE(item) != _FIRST_PLACE(claim)


def place_of(claim: JsonObject, item: JsonObject) -> JsonValue:
    """Return the place of service of a line: its own, else the claim's."""
    return _ITEM_PLACE(item) or _CLAIM_PLACE(claim)


def _record_number(patient: JsonObject) -> JsonValue:
    found = patient.get("identifier")
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and "MR" in codes_of(one.get("type")):
            return one.get("value")
    return None


def _related(claim: JsonObject, resources: Mapping[str, JsonObject]) -> JsonValue:
    """Return the claims it relates to; one without the payer's number gets that of its answer."""
    found = [one for one in read(claim, "related") if isinstance(one, dict)]
    return [one if "reference" in one else _numbered(claim, one, resources) for one in found]


def _numbered(
    claim: JsonObject, related: JsonObject, resources: Mapping[str, JsonObject]
) -> JsonObject:
    earlier = follow(claim, related.get("claim"), resources)
    if earlier is None:
        return related
    asked = f"Claim/{earlier.get('id')}"
    numbers = (
        _ICN(one)
        for one in resources.values()
        if one.get("resourceType") == "ClaimResponse"
        and str(read(one, "request.reference")[0] if "request" in one else "").endswith(asked)
    )
    number = next((one for one in numbers if one is not None), None)
    return related if number is None else {**related, "reference": {"value": number}}


def _named(
    owner: JsonObject, reference: JsonValue, resources: Mapping[str, JsonObject]
) -> JsonValue:
    """Return a reference with the identifier of what it refers to; its id where it has none."""
    if not isinstance(reference, dict) or "identifier" in reference:
        return reference
    found = follow(owner, reference, resources)
    if found is None:
        return reference
    numbers = read(found, "masterIdentifier.value") or read(found, "identifier.value")
    number = numbers[0] if numbers else str(found.get("id", ""))[:LARGEST_CONTROL]
    return {**reference, "identifier": {"value": number}}


def _information(claim: JsonObject, resources: Mapping[str, JsonObject]) -> JsonValue:
    entries = [one for one in read(claim, "supportingInfo") if isinstance(one, dict)]
    return [
        {**one, "valueReference": _named(claim, one["valueReference"], resources)}
        if "valueReference" in one
        else one
        for one in entries
    ]


def _admitted(claim: JsonObject) -> JsonValue:
    start, hour = _START(claim), _HOUR(claim)
    if isinstance(start, str) and isinstance(hour, str):
        return f"{start[:_DAY]}T{hour[:5]}"
    return None
