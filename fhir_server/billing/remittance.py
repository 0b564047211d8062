"""835: one ClaimResponse a CLP, one PaymentReconciliation, the claims' moves; or set aside.

A remittance that does not add up to the cent is not posted: a draft PaymentReconciliation says
why. The payer and its trace number (TRN03, TRN02) name a payment; one posted is not posted again,
whatever envelope it comes in. A large one is posted in parts while it is read, each a commit of
its own, before the last part and the reconciliation are committed together
(docs/decisions/0096 and 0113).
"""

from fhir_server.billing.posting import Posting, post
from fhir_server.billing.reconciling import draft, is_posted, reconcile
from fhir_server.billing.remittance_tally import RemittanceTally
from fhir_server.billing.stranger import ask_about, is_stranger
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Effect
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.remittance import ClaimPayment, PaymentReader, group_of
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.tree import LoopNode

PART = 250
"""Claim payments in one commit: about a quarter of a second during which SQLite's writers wait."""


class Examined(RemittanceTally):
    """A remittance whose facts are known once it has been read; `part` payments are one commit."""

    def __init__(self, part: int = PART) -> None:
        super().__init__()
        self._part = part

    def taker(self, exchange: int, runtime: Runtime, context: Context) -> "Poster":
        """Return what posts it while it is read again."""
        waits = is_stranger(exchange, self.id, runtime, context)
        return Poster(self, exchange, runtime, context, self._part, waits=waits)


class Poster:
    """Posts a remittance payment by payment: no more than a part of them is held."""

    def __init__(
        self,
        tally: RemittanceTally,
        exchange: int,
        runtime: Runtime,
        context: Context,
        part: int = PART,
        *,
        waits: bool = False,
    ) -> None:
        self._waits = waits
        self._tally = tally
        self._exchange = exchange
        self._runtime = runtime
        self._context = context
        self._part = part
        self._reader = PaymentReader()
        self._count = 0
        self._waiting: list[ClaimPayment] = []
        self._whole = Posting(tally.facts, tally.id, runtime.clock().isoformat())
        self._is_over = waits or bool(tally.reasons)

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Take a claim payment; where a part is full, commit it first."""
        if self._is_over:
            return
        self._count += 1
        if len(self._waiting) == self._part:
            self.commit()
        self._waiting.append(self._reader.claim(node, self._count, group_of(above[-1])))

    @property
    def waiting(self) -> int:
        """How many payments wait to be posted."""
        return len(self._waiting)

    def commit(self) -> None:
        """Post the payments that wait."""
        done = self._runtime.store.transact(self._context, self._post_part)
        self._waiting = []
        self._is_over = self._is_over or done is None
        if done is not None:
            self._whole.add(done)

    def _post_part(self, work: UnitOfWork) -> Posting | None:
        """Return what is posted of the part; None where the payment was posted before."""
        part = self._whole.emptied()
        work.claim(f"835 {part.id}")
        if is_posted(part.id, work):
            return None
        post(part, self._waiting, work, self._runtime)
        reason = f"835, posted in parts: PaymentReconciliation/{part.id}"
        record_moves(work, reason=reason, states=part.states)
        exchanges.link(work, self._exchange, part.links)
        return part

    def rest(
        self, _: Interchange, __: TransactionSet | None, work: UnitOfWork, runtime: Runtime
    ) -> Effect:
        """Post what is left, and the payment as a whole; or set it aside with the reasons."""
        posting, reasons = self._whole.copied(), self._tally.reasons
        work.claim(f"835 {posting.id}")
        if is_posted(posting.id, work):
            note = "the payment was posted before under the same trace number"
            return Effect(notes=(note,), is_aside=True)
        if reasons:
            return draft(posting, reasons, work, runtime)
        if self._waits:
            return ask_about(posting, work, runtime)
        post(posting, self._waiting, work, runtime)
        return reconcile(posting, self._tally.interest, work, runtime)
