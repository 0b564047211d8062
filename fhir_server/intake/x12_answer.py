"""What a sender of X12 is answered: TA1 and 999 to all, and a 277CA to the claims let in here.

The answers to claims are exchanges of their own. They leave by the transport of the partner they
came from; a TA1 and 999 told at once, over HTTP, have left with that. Of a sender that is no
partner the 277CA is kept (`unsent`), and the report of its exchange names it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fhir_server.intake.repetition import is_answer, repetition
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges, jobs, partners
from fhir_server.store.exchanges import Exchange, Facts
from fhir_server.store.partners import Partner
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.acknowledgments import acknowledge, answer_envelope
from mappers.x12.check import acknowledgeable
from mappers.x12.claim_acknowledgment import ClaimAcknowledgment, claims_of
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.findings import verdict
from mappers.x12.kind import CLAIMS
from mappers.x12.reader import Document, read
from mappers.x12.sets import STATUS_277CA
from mappers.x12.wholeness import loss
from mappers.x12.writer import NotWritable, SetBody, write

log = logging.getLogger("parity.intake")

SEND = "x12-send"


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers the file of an exchange: the document as read, and as the rules judge it.

    With `delivers` the TA1 and 999 leave through the partner's outbox too.
    """

    exchange: Exchange
    document: Document
    by_rules: Document
    delivers: bool

    def answer(self, work: UnitOfWork, runtime: Runtime) -> tuple[bytes | None, list[Exchange]]:
        """Return the TA1 and 999, and what was kept to leave or as told."""
        partner = self._partner(work)
        reply = self._reply(partner, work, runtime)
        kept: list[Exchange] = []
        has_claims = any(one.kind in CLAIMS for _, _, one in self.document.sets())
        if reply and partner and self.delivers:
            kept.append(_keep(reply, partner, work, runtime, "ready"))
        elif reply and has_claims:
            kept.append(_keep(reply, partner, work, runtime, "sent"))
        status = self._status(partner, work, runtime) if runtime.settings.take_claims else b""
        if status:
            state = "ready" if partner else "unsent"
            kept.append(_keep(status, partner, work, runtime, state))
        return reply, kept

    def acknowledge(self, work: UnitOfWork, runtime: Runtime) -> bytes | None:
        """Return the TA1 and 999 alone, to a file that cannot be applied."""
        return self._reply(self._partner(work), work, runtime)

    def _partner(self, work: UnitOfWork) -> Partner | None:
        id = self.exchange.facts.partner
        try:
            return partners.get(work, id) if id else None
        except NotFound:
            return None

    def _numbers(self, partner: Partner | None, count: int, work: UnitOfWork) -> range:
        scope = self.exchange.facts.partner or self.exchange.facts.sender or "unknown"
        within = partner.controls if partner else control_numbers.WHOLE
        return control_numbers.allocate(work, scope, "interchange", count, within)

    def _reply(self, partner: Partner | None, work: UnitOfWork, runtime: Runtime) -> bytes | None:
        """Return the TA1 and 999 to every interchange that is no answer itself."""
        asked = [
            acknowledgeable(one, judged)
            for one, judged in _pairs(self.document, self.by_rules)
            if not is_answer(one)
        ]
        if not asked:
            return None
        written = runtime.clock()
        answers = [
            acknowledge(one, interchange_control=number, group_control=number, written=written)
            for one, number in zip(asked, self._numbers(partner, len(asked), work), strict=True)
        ]
        return b"".join(one for one in answers if one) or None

    def _status(self, partner: Partner | None, work: UnitOfWork, runtime: Runtime) -> bytes:
        """Return the 277CA to the claims of every interchange that the 999 accepts."""
        answers = []
        for received, by_rules in _pairs(self.document, self.by_rules):
            judged = list(_accepted(received, by_rules))
            if judged:
                control = self._numbers(partner, 1, work)[0]
                answers.append(self._written(received, judged, control, runtime))
        return b"".join(answers)

    def _written(
        self,
        received: Interchange,
        judged: Sequence[TransactionSet],
        control: int,
        runtime: Runtime,
    ) -> bytes:
        """Return the 277CA to sets of claims under a control number; nothing without claims."""
        bodies: list[SetBody] = []
        written = runtime.clock()
        for number, one in enumerate(judged, 1):
            made = ClaimAcknowledgment(one.findings, written)
            for claim, above in claims_of(one.root):
                made.take(claim, above)
            if not made.is_empty:
                root = made.root(f"{control:09d}{number:04d}")
                bodies.append(SetBody(f"{number:04d}", root))
        header = received.groups[0].header
        envelope = answer_envelope(received.header, header, control, control, written)
        try:
            return write(STATUS_277CA, bodies, envelope) if bodies else b""
        except NotWritable as error:
            why = str(error)
            log.warning("x12 exchange=%d its 277CA cannot be written: %s", self.exchange.id, why)
            return b""


def _pairs(document: Document, by_rules: Document) -> list[tuple[Interchange, Interchange]]:
    return list(zip(document.interchanges, by_rules.interchanges, strict=True))


def _accepted(received: Interchange, by_rules: Interchange) -> list[TransactionSet]:
    """Return the sets of claims, as judged, that are whole and break neither syntax nor guide."""
    if received.opening is None or repetition(received) or loss(received):
        return []
    return [
        judged
        for group, judged_group in zip(received.groups, by_rules.groups, strict=True)
        for one, judged in zip(group.sets, judged_group.sets, strict=True)
        if one.kind in CLAIMS
        and verdict(group.findings) != "rejected"
        and verdict(one.findings) != "rejected"
        and not loss(received, group, one)
    ]


def _keep(
    answer: bytes, partner: Partner | None, work: UnitOfWork, runtime: Runtime, state: str
) -> Exchange:
    """Keep an answer; one that is ready leaves like a claim, sent by a job."""
    first = read(answer).interchanges[0]
    sets = [one for group in first.groups for one in group.sets]
    kind = sets[0].header.id if sets else "TA1"
    name = f"{first.header.control}.{kind}"
    if partner:
        label = "999" if kind == "TA1" else kind
        name = partner.file_name(int(first.header.control), label, runtime.clock())
    facts = Facts(
        partner=partner.id if partner else "",
        kind=kind,
        control=first.header.control,
        sender=first.header.sender,
        receiver=first.header.receiver,
        name=name,
    )
    kept = exchanges.keep(work, "x12", "out", answer, facts, state)
    if state == "ready":
        jobs.enqueue(work, SEND, {"exchange": str(kept.id)})
    return kept
