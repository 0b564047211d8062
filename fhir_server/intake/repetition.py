"""Interchanges under a control number that was used: refused by TA1 025, and not applied.

The very same file again is no such thing: it is answered as it was the first time. One of which a
part was lost uses up no number: it is sent again under the same. Answers (999, 277) repeat nothing
by being applied twice, and are not acknowledged: they are left alone. So are senders that are no
partners, with whom no numbering is agreed, and a partner that is known to repeat its numbers.
"""

from dataclasses import replace

from fhir_server.store import interchanges
from fhir_server.store.partners import Partner
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.envelope import Interchange
from mappers.x12.findings import Finding
from mappers.x12.reader import Document
from mappers.x12.wholeness import loss

ANSWERS = ("FA", "HN")
"""Functional groups which are answers themselves: 999, and 277 or 277CA."""
ID = "interchange-repeated"


def is_answer(received: Interchange) -> bool:
    """Tell whether an interchange holds nothing but answers, which are not answered."""
    kinds = {group.header.functional_id for group in received.groups}
    return bool(kinds or received.acknowledgments) and kinds <= set(ANSWERS)


def marked(
    document: Document, exchange: int, partner: Partner | None, work: UnitOfWork
) -> Document:
    """Return the document, each interchange under a number used before with the finding."""
    if partner is None or partner.repeats_controls:
        return document
    asked = [one for one in document.interchanges if _is_whole(one) and not is_answer(one)]
    headers = [one.header for one in asked]
    names = [(one.sender, one.receiver, one.control) for one in headers]
    told = interchanges.take(work, exchange, names)
    repeated = {id(one) for one, is_repeated in zip(asked, told, strict=True) if is_repeated}
    if not repeated:
        return document
    found = [_refused(one) if id(one) in repeated else one for one in document.interchanges]
    return replace(document, interchanges=found)


def _is_whole(received: Interchange) -> bool:
    """Tell whether nothing of an interchange is lacking."""
    sets = ((group, one) for group in received.groups for one in group.sets)
    lost = (loss(received, group, one) for group, one in sets)
    return received.opening is not None and not loss(received) and not any(lost)


def repetition(received: Interchange) -> Finding | None:
    """Return the finding of an interchange whose number was used before."""
    return next((one for one in received.findings if one.id == ID), None)


def _refused(received: Interchange) -> Interchange:
    ordinal = received.opening.ordinal if received.opening else None
    finding = Finding(
        ID,
        1,
        "error",
        "another interchange of this sender has the same control number (ISA13)",
        "send it again under a number that was not used",
        report="TA1",
        code="025",
        segment="ISA",
        ordinal=ordinal,
        element=13,
    )
    return replace(received, findings=[finding, *received.findings])
