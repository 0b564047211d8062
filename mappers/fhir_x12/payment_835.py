"""Remittance, 835, to one PaymentReconciliation and one ClaimResponse a CLP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.apply import Call, Transformation, Vocabulary, apply
from mappers.codes import index_maps
from mappers.fhir_x12 import payment_table, system
from mappers.fhir_x12.amount import amount, cents, day
from mappers.fhir_x12.line_match import match_lines
from mappers.fhir_x12.remittance import Adjustment, ClaimPayment, Remittance, ServicePayment
from mappers.path import ElementSource, JsonObject, JsonValue
from mappers.rule import Table
from mappers.x12.lexer import Segment

USD = "USD"


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim payment with the Claim it answers (None: not found) and the id of its response."""

    payment: ClaimPayment
    claim: JsonObject | None
    response_id: str


def payment_reconciliation(
    remittance: Remittance, answered: Sequence[Answered], id: str, created: str
) -> JsonObject:
    """Return the PaymentReconciliation; its details sum to the payment, as PLB is among them.

    `created` is a FHIR dateTime.
    """
    details: list[JsonValue] = [
        *(_claim_detail(remittance, one) for one in answered),
        *(
            _provider_detail(one.reason, one.reference, one.amount, remittance.paid_on)
            for one in remittance.provider_adjustments
        ),
    ]
    return {
        **_payment(remittance, id, created),
        "status": "active",
        "outcome": "complete",
        **_some("detail", details),
    }


def set_aside(remittance: Remittance, id: str, created: str, reason: str) -> JsonObject:
    """Return a remittance that is not posted: a draft that says why, and no details."""
    return {
        **_payment(remittance, id, created),
        "status": "draft",
        "outcome": "error",
        "disposition": reason,
    }


def claim_response(remittance: Remittance, one: Answered, created: str) -> JsonObject:
    """Return the ClaimResponse of a CLP, lines by Claim.item.sequence, the rest as addItem."""
    payment, claim = one.payment, one.claim or {}
    told = [one for one in payment.services if one.is_readable or one.adjustments]
    lines = match_lines(claim, told)
    remarks = list(dict.fromkeys(_all_remarks(payment)))
    tree = _of_table(payment_table.CLAIM_PAYMENT, {"CLP": payment.head})
    return {
        "resourceType": "ClaimResponse",
        "id": one.response_id,
        **({} if one.claim else {"meta": {"tag": [_coding(system.FLAG, "unmatched")]}}),
        "extension": [{"url": system.PAYMENT_STATUS_EXTENSION, "valueCode": payment.status}],
        **({"identifier": tree["identifier"]} if "identifier" in tree else {}),
        "status": "active",
        "type": claim.get("type", _concept(system.CLAIM_TYPE, "professional")),
        "use": claim.get("use", "claim"),
        "patient": claim.get("patient", _unknown_patient(payment)),
        "created": created,
        "insurer": claim.get("insurer", _payer(remittance)),
        **({"request": _reference("Claim", claim)} if one.claim else {}),
        "outcome": "complete",
        "disposition": tree.get("disposition", payment.status),
        **_some("item", [_item(s, lines[s.number], remarks) for s in told
                         if s.number in lines]),
        **_some("addItem", [_added(s, remarks) for s in told if s.number not in lines]),
        **_some("adjudication", [_adjudication(a) for a in payment.adjustments]),
        "total": _totals(payment),
        "payment": _claim_payment(remittance, tree),
        **_some("processNote", [
            {"number": number, "type": "display", "text": f"RARC {code}"}
            for number, code in enumerate(remarks, 1)
        ]),
    }  # fmt: skip


def _payment(remittance: Remittance, id: str, created: str) -> JsonObject:
    tree = _of_table(payment_table.REMITTANCE, remittance.heads)
    value = f"{remittance.payer_id}/{remittance.trace}"
    payee: JsonObject = {"system": system.PAYEE_ID, "value": remittance.payee_id}
    requestor: JsonObject = {"requestor": {"type": "Organization", "identifier": payee}}
    return {
        "resourceType": "PaymentReconciliation",
        "id": id,
        "identifier": [{"system": system.PAYMENT_TRACE, "value": value}],
        **(requestor if remittance.payee_id else {}),
        "created": created,
        "paymentDate": created[:10],
        **tree,
        "paymentAmount": _money(remittance.paid),
    }


def _claim_payment(remittance: Remittance, tree: JsonObject) -> JsonObject:
    payment = tree["payment"]
    own = payment if isinstance(payment, dict) else {}
    date: JsonObject = {"date": remittance.paid_on} if remittance.paid_on else {}
    return {**own, **date, "identifier": {"value": remittance.trace}}


def _claim_detail(remittance: Remittance, one: Answered) -> JsonObject:
    number = one.payment.payer_claim_number
    return {
        **({"identifier": {"value": number}} if number else {}),
        "type": _concept(system.PAYMENT_TYPE, "payment"),
        **({"request": _reference("Claim", one.claim)} if one.claim else {}),
        "response": {"reference": f"ClaimResponse/{one.response_id}"},
        **({"date": remittance.paid_on} if remittance.paid_on else {}),
        "amount": _money(one.payment.paid),
    }


def _provider_detail(reason: str, reference: str, value: Decimal, date: str) -> JsonObject:
    codings: list[JsonValue] = [
        _coding(system.PAYMENT_TYPE, "adjustment"),
        _coding(system.PROVIDER_ADJUSTMENT, reason),
    ]
    return {
        **({"identifier": {"value": reference}} if reference else {}),
        "type": {"coding": codings},
        **({"date": date} if date else {}),
        "amount": _money(-value),
    }


def _item(service: ServicePayment, sequence: int, remarks: Sequence[str]) -> JsonObject:
    return {
        "itemSequence": sequence,
        **_some("noteNumber", [remarks.index(one) + 1 for one in service.remarks]),
        "adjudication": _line_adjudications(service),
    }


def _added(service: ServicePayment, remarks: Sequence[str]) -> JsonObject:
    modifiers: list[JsonValue] = [{"coding": [{"code": one}]} for one in service.modifiers]
    code: JsonObject = {"coding": [{"code": service.code}]} if service.code else {}
    return {
        "productOrService": code or {"text": "not stated"},
        **_some("modifier", modifiers),
        **({"servicedDate": service.serviced} if service.serviced else {}),
        **({"net": _money(service.charge)} if service.is_readable else {}),
        **_some("noteNumber", [remarks.index(one) + 1 for one in service.remarks]),
        "adjudication": _line_adjudications(service),
    }


def _line_adjudications(service: ServicePayment) -> list[JsonValue]:
    """Return what was decided on a line; of one that names no procedure only the adjustments."""
    if not service.is_readable:
        return [_adjudication(one) for one in service.adjustments]
    allowed, units = service.allowed, service.units
    paid: JsonObject = _of_category("benefit", service.paid)
    return [
        _of_category("submitted", service.charge),
        *([_of_category("eligible", allowed)] if allowed is not None else []),
        *(_adjudication(one) for one in service.adjustments),
        paid if units is None else {**paid, "value": units},
    ]


def _adjudication(adjustment: Adjustment) -> JsonObject:
    """Return one CAS triplet: the group as category, the reason code, amount and quantity."""
    quantity = adjustment.quantity
    return {
        "category": _concept(system.ADJUSTMENT_GROUP, adjustment.group),
        "reason": _concept(system.CARC, adjustment.reason),
        "amount": _money(adjustment.amount),
        **({"value": quantity} if quantity is not None else {}),
    }


def _totals(payment: ClaimPayment) -> list[JsonValue]:
    share = payment.patient_share
    totals: list[JsonValue] = [
        _of_category("submitted", payment.charge),
        _of_category("benefit", payment.paid),
    ]
    if share is not None:
        category = _concept(system.ADJUSTMENT_GROUP, "PR")
        totals.append({"category": category, "amount": _money(share)})
    return totals


def _all_remarks(payment: ClaimPayment) -> list[str]:
    return [*payment.remarks, *(code for one in payment.services for code in one.remarks)]


def _unknown_patient(payment: ClaimPayment) -> JsonObject:
    if not payment.member_id:
        return {"display": "not matched"}
    identifier: JsonObject = {"system": system.MEMBER_ID, "value": payment.member_id}
    return {"type": "Patient", "identifier": identifier}


def _payer(remittance: Remittance) -> JsonObject:
    return {"display": remittance.payer_name or remittance.payer_id or "not stated"}


def _of_category(code: str, value: Decimal) -> JsonObject:
    return {"category": _concept(system.ADJUDICATION, code), "amount": _money(value)}


def _money(value: Decimal) -> JsonObject:
    return {"value": cents(value), "currency": USD}


def _concept(of: str, code: str) -> JsonObject:
    return {"coding": [_coding(of, code)]}


def _coding(of: str, code: str) -> JsonObject:
    return {"system": of, "code": code}


def _reference(kind: str, resource: JsonObject) -> JsonObject:
    return {"reference": f"{kind}/{resource['id']}"}


def _some(name: str, values: Sequence[JsonValue]) -> JsonObject:
    """Return the member unless its list would be empty, which FHIR does not allow."""
    return {name: list(values)} if values else {}


def _of_table(table: Table, heads: Mapping[str, Segment]) -> JsonObject:
    source = ElementSource({name: one.elements[1:] for name, one in heads.items()})
    return apply(table, source, _VOCABULARY, None)[0]


def _token(node: str, _: Call[None]) -> JsonValue:
    return node


def _amount(node: str, _: Call[None]) -> JsonValue:
    found = amount(node)
    return None if found is None else cents(found)


def _day(node: str, _: Call[None]) -> JsonValue:
    return day(node) or None


def _code(node: str, call: Call[None]) -> JsonValue:
    found = call.translate(node)
    return found.code if found else None


_TRANSFORMATIONS: Mapping[str, Transformation[str, None]] = {
    "token": _token,
    "money": _amount,
    "day": _day,
    "code": _code,
}
_VOCABULARY: Vocabulary[str, None] = Vocabulary(
    _TRANSFORMATIONS, index_maps((payment_table.STATUS,))
)
