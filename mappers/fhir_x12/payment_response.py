"""One claim payment, CLP, to a ClaimResponse: what was paid, why not more, whom it names."""

from collections.abc import Iterator
from dataclasses import dataclass

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import payment_table as table
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import (
    coding,
    concept,
    listed,
    member,
    money,
    reference,
    some,
    unread,
    with_currency,
)
from mappers.fhir_x12.line_match import match_lines
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.pair import USD
from mappers.fhir_x12.remittance import Adjustment, ClaimPayment, Remittance, ServicePayment
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, put
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

REVERSES, CORRECTS = "reverses", "corrects"
_NOTED = {"HE": "RARC", "RX": "NCPDP"}
_TURNS = {"submitted": 0, "benefit": 2}
"""What is told of a line first and last; adjustments stand between."""
_CODE = getter("category.coding[0].code")
_QUALIFIER, _NUMBER = (
    getter("valueIdentifier.type.coding[0].code"),
    getter("valueIdentifier.value"),
)
_POSITION = f"extension[url={ext.SERVICE}].extension[url=position].valuePositiveInt"
_STATUS = {row.code: row.target for row in table.STATUS.rows}


@dataclass(frozen=True, slots=True)
class Answered:
    """A claim payment with the Claim it answers (None: not found) and the id of its response.

    `earlier` is the id of the response that it takes back (a reversal) or stands in the place of.
    """

    payment: ClaimPayment
    claim: JsonObject | None
    response_id: str
    earlier: str = ""


def claim_response(remittance: Remittance, one: Answered, created: str) -> JsonObject:
    """Return the ClaimResponse of a CLP, lines by Claim.item.sequence, the rest as addItem."""
    payment, claim = one.payment, one.claim or {}
    told = [one for one in payment.services if one.is_readable or one.adjustments]
    lines = match_lines(claim, told)
    notes = _Notes(payment)
    tree: JsonObject = {"adjudication": [_adjudication(a) for a in payment.adjustments]}
    left = read_segments(table.CLAIM, _own(payment.loop), tree)
    items = [(lines.get(s.number), _line(s, notes, matched=s.number in lines)) for s in told]
    tree["extension"] = [
        *listed(tree, "extension"),
        *_related(one),
        *unread(left),
        *unread(one.head for one in payment.services if not one.is_readable),
    ]
    made: JsonObject = {
        "resourceType": "ClaimResponse",
        "id": one.response_id,
        **({} if one.claim else {"meta": {"tag": [coding(system.FLAG, "unmatched")]}}),
        "extension": tree["extension"],
        **some("identifier", listed(tree, "identifier")),
        "status": "active",
        "type": claim.get("type", concept(system.CLAIM_TYPE, "professional")),
        "use": claim.get("use", "claim"),
        "patient": claim.get("patient", _unknown_patient(payment)),
        "created": created,
        "insurer": claim.get("insurer", _payer(remittance)),
        **({"request": reference("Claim", claim)} if one.claim else {}),
        "outcome": "complete",
        "disposition": _STATUS.get(payment.status, payment.status),
        **_authorization(tree),
        **some("item", [{"itemSequence": at, **line} for at, line in items if at]),
        **some("addItem", [line for at, line in items if not at]),
        **some("adjudication", listed(tree, "adjudication")),
        **some("total", listed(tree, "total")),
        "payment": _claim_payment(remittance, payment, tree),
        **some("processNote", notes.told),
    }
    return in_currency(remittance, made)


def in_currency(remittance: Remittance, tree: JsonObject) -> JsonObject:
    """Return the tree with its money in the currency of CUR, which is hardly ever there."""
    found = remittance.root.first("CUR")
    currency = found.element(2) if found else USD
    return tree if currency in {USD, ""} else with_currency(tree, currency)


class _Notes:
    """The remark codes of a claim, each once, as processNotes that lines refer to by number."""

    def __init__(self, payment: ClaimPayment) -> None:
        claim = [("HE", code) for code in payment.remarks]
        lines = [pair for one in payment.services for pair in _remarks(one)]
        self._pairs = list(dict.fromkeys([*claim, *lines]))

    @property
    def told(self) -> list[JsonValue]:
        """The processNotes."""
        return [
            {
                "extension": [{"url": ext.REMARK, "valueCoding": coding(_list_of(kind), code)}],
                "number": number,
                "type": "display",
                "text": f"{_NOTED.get(kind, kind)} {code}",
            }
            for number, (kind, code) in enumerate(self._pairs, 1)
        ]

    def numbers(self, service: ServicePayment) -> list[JsonValue]:
        """Return the numbers of the notes of a line."""
        return [self._pairs.index(one) + 1 for one in _remarks(service)]


def _remarks(service: ServicePayment) -> list[tuple[str, str]]:
    return [(s.element(1), s.element(2)) for s in service.loop.every("LQ") if s.element(2)]


def _list_of(kind: str) -> str:
    return system.RARC if kind == "HE" else system.NCPDP_REJECT


def _own(loop: LoopNode) -> list[Segment]:
    """Return the segments of a loop which tables read: CAS and LQ are read before."""
    return [one for one in loop.segments if one.id not in {"CAS", "LQ"}]


def _line(service: ServicePayment, notes: _Notes, *, matched: bool) -> JsonObject:
    """Return what was decided on a line; of one that names no procedure only the adjustments."""
    tree: JsonObject = {"adjudication": []}
    segments = _own(service.loop)
    if not service.is_readable:
        segments = [one for one in segments if one.id not in {"SVC", "AMT"}]
    read_segments(table.SERVICE, segments, tree)
    told = sorted(listed(tree, "adjudication"), key=_turn)
    last = told[-1:] if told and _turn(told[-1]) == _TURNS["benefit"] else []
    first = told[: len(told) - len(last)]
    put(tree, _POSITION, service.number)
    return {
        **some("extension", listed(tree, "extension")),
        **({} if matched else _added(service)),
        **some("noteNumber", notes.numbers(service)),
        "adjudication": [*first, *(_adjudication(one) for one in service.adjustments), *last],
    }


def _turn(adjudication: JsonValue) -> int:
    return _TURNS.get(str(_CODE(adjudication)), 1)


def _added(service: ServicePayment) -> JsonObject:
    """Return what an added line says of its service: nothing else names it."""
    modifiers: list[JsonValue] = [{"coding": [{"code": one}]} for one in service.modifiers]
    code: JsonObject = {"coding": [{"code": service.code}]} if service.code else {}
    return {
        "productOrService": code or {"text": "not stated"},
        **some("modifier", modifiers),
        **({"servicedDate": service.serviced} if service.serviced else {}),
        **({"net": money(service.charge)} if service.is_readable else {}),
    }


def _claim_payment(remittance: Remittance, payment: ClaimPayment, tree: JsonObject) -> JsonObject:
    date: JsonObject = {"date": remittance.paid_on} if remittance.paid_on else {}
    own = {"amount": money(payment.paid), **member(tree, "payment")}
    return {**own, **date, "identifier": {"value": remittance.trace}}


def _adjudication(adjustment: Adjustment) -> JsonObject:
    """Return one CAS triplet: the group as category, the reason code, amount and quantity."""
    quantity = adjustment.quantity
    return {
        "category": concept(system.ADJUSTMENT_GROUP, adjustment.group),
        "reason": concept(system.CARC, adjustment.reason),
        "amount": money(adjustment.amount),
        **({"value": quantity} if quantity is not None else {}),
    }


def _related(one: Answered) -> Iterator[JsonValue]:
    """Yield the link from a reversal or correction to the response it speaks of."""
    if one.earlier:
        kind = REVERSES if one.payment.is_reversal else CORRECTS
        yield related(kind, one.earlier)


def related(kind: str, earlier: str) -> JsonObject:
    """Return the extension that links a response to the one it reverses or corrects."""
    return {
        "url": ext.RELATED_RESPONSE,
        "extension": [
            {"url": "relationship", "valueCode": kind},
            {"url": "response", "valueReference": {"reference": f"ClaimResponse/{earlier}"}},
        ],
    }


def _authorization(tree: JsonObject) -> JsonObject:
    for one in listed(tree, "extension"):
        if _QUALIFIER(one) == "G1":
            return {"preAuthRef": _NUMBER(one)}
    return {}


def _unknown_patient(payment: ClaimPayment) -> JsonObject:
    if not payment.member_id:
        return {"display": "not matched"}
    identifier: JsonObject = {"system": system.MEMBER_ID, "value": payment.member_id}
    return {"type": "Patient", "identifier": identifier}


def _payer(remittance: Remittance) -> JsonObject:
    return {"display": remittance.payer_name or remittance.payer_id or "not stated"}
