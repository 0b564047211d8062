"""What a partner says at once when a file is delivered: an interchange is kept as one that arrived.

It is applied by the worker with those whose application was cut short. Bytes that are no X12 are a
page or a receipt of its server, which is counted and let go.
"""

import logging

from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Facts
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.reader import read

log = logging.getLogger("parity.billing")

LEAD = b"\xef\xbb\xbf \r\n\t"
"""What may stand before an ISA."""


def keep_answer(sent: Exchange, answer: bytes, work: UnitOfWork) -> None:
    """Keep the interchange a delivery was answered with, once."""
    if not answer.lstrip(LEAD).startswith(b"ISA"):
        if answer:
            log.info("x12 exchange=%d answered with %d bytes, no X12", sent.id, len(answer))
        return
    document = read(answer)
    first = document.interchanges[0]
    kinds = [one.header.id for _, _, one in document.sets()]
    facts = Facts(
        partner=sent.facts.partner,
        kind=next(iter(kinds), "TA1" if first.acknowledgments else "")[:10],
        control=first.header.control,
        sender=first.header.sender,
        receiver=first.header.receiver,
        name=f"answer to {sent.facts.name}",
    )
    exchanges.keep_once(work, "x12", "in", answer, facts, "received")
