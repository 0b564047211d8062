"""What an 835 says as a whole, gathered payment by payment: whether it may be posted.

The file is read once for this and once more to post it, so that nothing is posted of one that does
not add up, and none of it is held meanwhile.
"""

from collections.abc import Iterator
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from mappers.fhir_x12.amount import amount
from mappers.fhir_x12.balance import claim_imbalances, payment_imbalances
from mappers.fhir_x12.remittance import ClaimPayment, PaymentReader, Remittance, remittance
from mappers.x12.envelope import InterchangeHeader, TransactionSet
from mappers.x12.tree import LoopNode

MOST_IMBALANCES = 100
"""Equations told of those that do not hold."""


class RemittanceTally:
    """The facts of a remittance without its claims, and the reasons against posting it.

    `facts` and `id` are known once the set is closed: the id is that of its PaymentReconciliation.
    `interest` is what the claims tell of it (AMT*I).
    """

    def __init__(self) -> None:
        self.facts = remittance(LoopNode("835", (), ()))
        self.id = ""
        self.interest = Decimal()
        self._reader = PaymentReader()
        self._count = 0
        self._paid = Decimal()
        self._imbalances: list[str] = []
        self._groups: list[LoopNode] = []

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Take a claim payment."""
        self._count += 1
        payment = self._reader.claim(node, self._count)
        self._paid += payment.paid
        self.interest += _stated_interest(payment)
        self._note(map(str, claim_imbalances(payment)))
        group = above[-1]
        if not self._groups or self._groups[-1].segments is not group.segments:
            self._groups.append(LoopNode(group.id, group.segments, ()))

    def close(self, one: TransactionSet, header: InterchangeHeader) -> None:
        """Take what stands around the claims."""
        root = one.root
        facts = remittance(LoopNode(root.id, root.segments, (*root.children, *self._groups)))
        self.facts = facts
        self.id = payment_id(facts, header, one.header.control)
        self._reader.unreadable += facts.unreadable
        self._note(map(str, payment_imbalances(facts, self._paid)))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons against posting it; none when it adds up and is complete."""
        unnamed = () if self.facts.trace and self.facts.payer_id else ("TRN names no payment",)
        unreadable = (f"{place} is no number" for place in self._reader.unreadable)
        return (*unnamed, *unreadable, *self._imbalances)

    def _note(self, found: Iterator[str]) -> None:
        room = MOST_IMBALANCES - len(self._imbalances)
        self._imbalances += [one for one, _ in zip(found, range(room), strict=False)]


def payment_id(facts: Remittance, header: InterchangeHeader, control: str) -> str:
    """Return the id of the PaymentReconciliation of a remittance.

    Payer and trace number tell a payment from all others; without them the place it came in: the
    interchange and the control number of the set.
    """
    name = f"{facts.payer_id}/{facts.trace}"
    if not (facts.payer_id and facts.trace):
        name = f"unnamed/{header.sender}/{header.control}/{control}"
    return str(uuid5(NAMESPACE_URL, f"835/{name}"))


def _stated_interest(payment: ClaimPayment) -> Decimal:
    found = payment.loop.first("AMT", "I")
    return (amount(found.element(2)) or Decimal()) if found else Decimal()
