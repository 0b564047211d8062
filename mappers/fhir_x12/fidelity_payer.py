"""Payments, eligibility and status, there and back: what `fidelity` compares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from mappers.fhir_x12.eligibility_270 import eligibility_question
from mappers.fhir_x12.eligibility_271 import answers
from mappers.fhir_x12.eligibility_asked import asked_of, question_of
from mappers.fhir_x12.eligibility_response import Asked, eligibility_response
from mappers.fhir_x12.eligibility_writing import Batch, eligibility_answers
from mappers.fhir_x12.fidelity import RoundTrip
from mappers.fhir_x12.payer_cases import CASES
from mappers.fhir_x12.payment_835 import Answered, claim_response, payment_reconciliation
from mappers.fhir_x12.payment_claim_writing import Told
from mappers.fhir_x12.payment_writing import payment_set
from mappers.fhir_x12.remittance import remittance
from mappers.fhir_x12.status_report import report_of, reports, status_set
from mappers.fhir_x12.status_task import status_task
from mappers.path import JsonObject, JsonValue
from mappers.x12.grammar import Guide
from mappers.x12.reader import read
from mappers.x12.sets import (
    ELIGIBILITY_270,
    ELIGIBILITY_271,
    PAYMENT_835,
    STATUS_276,
    STATUS_277,
    STATUS_277CA,
)
from mappers.x12.tree import LoopNode, Node, Seg, rewritable, seg

_CREATED = "2026-01-01T00:00:00Z"
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
REASONS: Mapping[str, str] = {
    "835 BPR 16": "a day that does not exist cannot be held; where none is stated, that of DTM*405",
    "2110 SVC": "a line that names no procedure is kept as text and not written again",
    "2110": "what stands under a line that names no procedure is kept and not written again",
}


@dataclass(frozen=True, slots=True)
class HeldSet:
    """What became of one set: resources, and the header they are sent under."""

    resources: tuple[JsonObject, ...]
    header: Seg


def _header(root: LoopNode) -> Seg:
    found = (one for one in rewritable(root).segments if one.id == "BHT")
    return next(found, seg("BHT"))


def _batch(header: Seg) -> Batch:
    texts = [str(one or "") for one in (*header.values, *[None] * 6)]
    try:
        moment = datetime.strptime(f"{texts[3]}{texts[4][:4]}", "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        moment = _MOMENT
    return Batch(texts[1], texts[2], moment, texts[5])


def _read_payment(root: LoopNode) -> HeldSet:
    facts = remittance(root)
    answered = [Answered(one, None, f"r{one.number}") for one in facts.claims]
    whole = payment_reconciliation(facts, answered, "p", _CREATED)
    responses = [claim_response(facts, one, _CREATED) for one in answered]
    return HeldSet((whole, *responses), seg("BHT"))


def _write_payment(held: HeldSet) -> Node:
    whole, *responses = held.resources
    return payment_set(whole, Told({str(one.get("id")): one for one in responses}))


def _read_question(root: LoopNode) -> HeldSet:
    return HeldSet(tuple(request for _, request in asked_of(root)), _header(root))


def _write_question(held: HeldSet) -> Node:
    questions = [question_of(one) for one in held.resources]
    return eligibility_question(questions, _batch(held.header))


def _read_answer(root: LoopNode) -> HeldSet:
    request: JsonObject = {"id": "q", "patient": {"display": "as asked"}}
    told = (eligibility_response(one, Asked(request, "r", _CREATED)) for one in answers(root))
    return HeldSet(tuple(told), _header(root))


def _write_answer(held: HeldSet) -> Node:
    return eligibility_answers(held.resources, _batch(held.header))


def _read_status(root: LoopNode) -> HeldSet:
    told = (status_task(one, None, "t", _CREATED) for one in reports(root))
    return HeldSet(tuple(told), _header(root))


def _write_status(set_id: str, held: HeldSet) -> Node:
    return status_set(set_id, held.header, [report_of(one) for one in held.resources])


def _statuses(guide: Guide) -> dict[str, HeldSet]:
    return {name: _read_status(root) for name, root in _sets(guide)}


def _view(held: HeldSet) -> JsonValue:
    return list(held.resources)


def _sets(guide: Guide) -> Iterator[tuple[str, LoopNode]]:
    """Yield the built-in sets of a guide, read."""
    version = f"*{guide.version}" if guide.names_version else ""
    for name, body in CASES[guide.kind].items():
        text = f"ST*{guide.set_id}*0001{version}~{body}SE*{body.count('~') + 2}*0001~"
        head = f"GS*{guide.functional_id}*A1*B1*20260101*0000*1*X*{guide.version}~"
        for _, _, one in read(f"{_ISA}{head}{text}GE*1*1~IEA*1*000000001~".encode()).sets():
            yield name, one.root


_ISA = (
    "ISA*00*          *00*          *ZZ*A1             *ZZ*B1             "
    "*260101*0000*^*00501*000000001*0*T*:~"
)


def _take(kinds: Sequence[str], resources: Sequence[JsonObject], header: Seg) -> Iterator[HeldSet]:
    """Yield the resources of these types, the first type first, where one of it is there."""
    found = [one for kind in kinds for one in resources if one.get("resourceType") == kind]
    if found and found[0].get("resourceType") == kinds[0]:
        yield HeldSet(tuple(found), header)


def _payments(resources: Sequence[JsonObject]) -> Iterator[HeldSet]:
    yield from _take(("PaymentReconciliation", "ClaimResponse"), resources, seg("BHT"))


def _answered(resources: Sequence[JsonObject]) -> Iterator[HeldSet]:
    header = seg("BHT", "0022", "11", "1", "20260101", "0000")
    yield from _take(("CoverageEligibilityResponse",), resources, header)


def _none(resources: Sequence[JsonObject]) -> Iterator[HeldSet]:
    """Yield nothing: which of the messages a Task or request is for, it does not say by itself."""
    del resources
    yield from ()


ROUND_TRIPS = (
    RoundTrip(
        "835",
        PAYMENT_835,
        _read_payment,
        _write_payment,
        _view,
        lambda: {name: _read_payment(root) for name, root in _sets(PAYMENT_835)},
        _payments,
        REASONS,
    ),
    RoundTrip(
        "270",
        ELIGIBILITY_270,
        _read_question,
        _write_question,
        _view,
        lambda: {name: _read_question(root) for name, root in _sets(ELIGIBILITY_270)},
        _none,
    ),
    RoundTrip(
        "271",
        ELIGIBILITY_271,
        _read_answer,
        _write_answer,
        _view,
        lambda: {name: _read_answer(root) for name, root in _sets(ELIGIBILITY_271)},
        _answered,
    ),
    *(
        RoundTrip(
            guide.kind,
            guide,
            _read_status,
            partial(_write_status, guide.set_id),
            _view,
            partial(_statuses, guide),
            _none,
        )
        for guide in (STATUS_276, STATUS_277, STATUS_277CA)
    ),
)
