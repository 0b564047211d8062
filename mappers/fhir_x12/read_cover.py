"""Loops 2320, 2330 and 2430 to the other coverages of a claim and what their payers answered."""

from decimal import Decimal

from mappers.fhir_x12 import adjudication, coverage_table, party_table, system
from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.read_adjudication import read_adjustments, read_line_payment
from mappers.fhir_x12.read_party import Reading, read_party
from mappers.fhir_x12.registry import concept, refer
from mappers.fhir_x12.run import LoopRun
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

_OTHER = LoopRun(coverage_table.OTHER_COVERAGE)
_CONSENTS, _ANSWER = LoopRun(coverage_table.CONSENTS), LoopRun(coverage_table.PRIOR_ANSWER)
_SUBSCRIBER = LoopRun(party_table.OTHER_SUBSCRIBER)
_PAYER = LoopRun(party_table.OTHER_PAYER)
_PAYMENT = LoopRun(coverage_table.PRIOR_PAYMENT)
_INSURANCE = LoopRun(coverage_table.OTHER_INSURANCE)
_SERVICES = ("SV1", "SV2", "SV3")
_SELF = "18"


class ReadCovers:
    """The other coverages of one claim, by the order of their loops."""

    def __init__(self, loop: LoopNode, kind: Kind, reading: Reading, created: str) -> None:
        self._loop, self._kind, self._reading, self._created = loop, kind, reading, created
        self._insurances: list[JsonObject] = []
        self._payers: list[tuple[str, str]] = []
        self._answers: list[JsonObject] = []
        self._kinds: dict[str, list[str]] = {}
        for code, id in kind.known.items():
            self._kinds.setdefault(id, []).append(code)

    def insurances(self, patient: str) -> list[JsonObject]:
        """Return Claim.insurance for each other coverage."""
        for loop in self._loop.each("2320"):
            self._insurances.append(self._insurance(loop, patient))
        return self._insurances

    def _insurance(self, loop: LoopNode, patient: str) -> JsonObject:
        coverage: JsonObject = {"resourceType": "Coverage", "status": "active"}
        answer: JsonObject = {}
        insurance: JsonObject = {"sequence": 1, "focal": False}
        decided: list[JsonValue] = []
        for one in loop.segments:
            if one.id == "CAS":
                decided += read_adjustments(one)
                continue
            run = {"SBR": _OTHER, "OI": _CONSENTS}.get(one.id, _ANSWER)
            subject = {"SBR": coverage, "OI": insurance}.get(one.id, answer)
            self._reading.take(run, [one], subject)
        if decided:
            answer["adjudication"] = decided
        self._payer(loop, coverage, answer, insurance)
        self._holder(loop, coverage, patient)
        self._known(loop, insurance)
        self._answers.append(answer)
        insurance["coverage"] = refer(self._reading.registry.add(coverage))
        return insurance

    def _payer(
        self, loop: LoopNode, coverage: JsonObject, answer: JsonObject, insurance: JsonObject
    ) -> None:
        payer: JsonObject = {"resourceType": "Organization"}
        found = loop.child("2330B")
        segments = found.segments if found else ()
        for one in segments:
            run, subject = _PAYER, payer
            if one.id == "DTP" or (one.id, one.element(1)) == ("REF", "F8"):
                run, subject = _PAYMENT, answer
            elif one.id == "REF" and one.element(1) in {"G1", "9F", "T4"}:
                run, subject = _INSURANCE, insurance
            self._reading.take(run, [one], subject)
        reference = self._reading.registry.add(payer)
        coverage["payor"] = [refer(reference)]
        self._payers.append((segments[0].element(9) if segments else "", reference))

    def _holder(self, loop: LoopNode, coverage: JsonObject, patient: str) -> None:
        """Say who holds the coverage: the patient, or another person."""
        coverage["beneficiary"] = refer(patient)
        found = loop.child("2330A")
        person = (
            read_party(found, self._reading, _SUBSCRIBER, person="RelatedPerson") if found else {}
        )
        number = person.pop("memberId", None)
        if number is not None:
            coverage["subscriberId"] = number
        if not person:
            return
        own = self._reading.registry.resources[patient]
        is_own = loop.segments[0].element(2) == _SELF and person.get("name") == own.get("name")
        if is_own and "identifier" not in person:
            coverage["subscriber"] = refer(patient)
            return
        if person["resourceType"] == "Organization":
            coverage["policyHolder"] = refer(self._reading.registry.add(person))
            return
        person["patient"] = refer(patient)
        coverage["subscriber"] = refer(self._reading.registry.add(person))

    def _known(self, loop: LoopNode, insurance: JsonObject) -> None:
        """Keep the numbers by which the payer knows the providers."""
        for child in loop.children:
            if child.id not in self._kinds:
                continue
            head = child.segments[0]
            for one in child.every("REF"):
                made: JsonObject = {
                    "url": f"{system.EXTENSION}/provider-at-payer",
                    "extension": [
                        {"url": "role", "valueCode": head.element(1)},
                        {"url": "entity", "valueCode": head.element(2) or "1"},
                        {"url": "qualifier", "valueCode": one.element(1)},
                        {"url": "value", "valueString": one.element(2)},
                    ],
                }
                listed = insurance.setdefault("extension", [])
                if isinstance(listed, list):
                    listed.append(made)

    def answered(self, claim: LoopNode) -> list[JsonObject]:
        """Take what the payers decided on the lines; return their answers, empty where none."""
        for sequence, line in enumerate(claim.each("2400"), 1):
            service = next((one for one in line.segments if one.id in _SERVICES), None)
            for decided in line.each("2430"):
                self._line(decided, sequence, service)
        return self._answers

    def _line(self, loop: LoopNode, sequence: int, service: Segment | None) -> None:
        item, date, lost = read_line_payment(loop.segments, sequence, service)
        self._reading.unread.extend(lost)
        payer = loop.segments[0].element(1)
        index = next((at for at, (one, _) in enumerate(self._payers) if one == payer), None)
        if index is None:
            self._reading.unread.append("2430 SVD01")
            return
        answer = self._answers[index]
        listed = answer.setdefault("item", [])
        if isinstance(listed, list):
            listed.append(item)
        known = answer.setdefault("lineDate", date)
        if date and known != date:
            path: JsonObject = {"url": f"{system.EXTENSION}/adjudication-date", "valueDate": date}
            held = item.setdefault("extension", [])
            if isinstance(held, list):
                held.append(path)

    def keep(self, answers: list[JsonObject], claim: str, patient: str) -> None:
        """Keep the answers as ClaimResponses and name them in the insurance."""
        for insurance, answer, (_, payer) in zip(
            self._insurances, answers, self._payers, strict=True
        ):
            if not answer:
                continue
            date = answer.pop("lineDate", "") or answer.pop("paidOn", "")
            answer.pop("paidOn", None)
            if date or "payment" in answer:
                held = answer.get("payment")
                payment: JsonObject = {
                    "type": concept(system.CLAIM_PAYMENT_TYPE, "complete"),
                    **(held if isinstance(held, dict) else {"amount": _paid(answer)}),
                }
                answer["payment"] = {**payment, "date": date} if date else payment
            for one in read(answer, "identifier"):
                if isinstance(one, dict):
                    one["system"] = system.PAYER_CLAIM_NUMBER
            response: JsonObject = {
                "resourceType": "ClaimResponse",
                "status": "active",
                "type": concept(system.CLAIM_TYPE, self._kind.name),
                "use": "claim",
                "patient": refer(patient),
                "created": self._created,
                "insurer": refer(payer),
                "request": refer(claim),
                "outcome": "complete",
                **answer,
            }
            insurance["claimResponse"] = refer(self._reading.registry.add(response))


def _paid(answer: JsonObject) -> JsonObject:
    """Return what was paid by the lines."""
    items = (one for one in read(answer, "item") if isinstance(one, dict))
    found = [one for item in items if (one := adjudication.paid(item))]
    values = [one for money in found for one in read(money, "amount.value")]
    total = sum((Decimal(one) for one in values if isinstance(one, (int, Decimal))), Decimal())
    return {"value": total, "currency": "USD"}
