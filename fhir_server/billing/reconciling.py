"""The PaymentReconciliation of a remittance: its claims, what is taken off; or why it waits."""

from decimal import Decimal

from fhir_server.billing.posting import Posting
from fhir_server.billing.takeback import takebacks
from fhir_server.billing.work_queue import Subject, task
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.payment_835 import of_payment, set_aside

TYPE = "PaymentReconciliation"


def is_posted(id: str, reader: Reader) -> bool:
    """Tell whether the payment of this id was posted; one set aside was not."""
    known = reader.current(TYPE, id)
    return known is not None and not known.deleted and decode(known.body)["status"] == "active"


def draft(posting: Posting, reasons: tuple[str, ...], work: UnitOfWork, runtime: Runtime) -> Effect:
    """Set a remittance aside that does not add up: a draft that says why, and work for a person."""
    return set_aside_as("unbalanced-remittance", posting, reasons, work, runtime)


def set_aside_as(
    code: str, posting: Posting, reasons: tuple[str, ...], work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Set a remittance aside: a draft that says why, and work of a kind."""
    reason = f"set aside: {'; '.join(reasons)}"
    made = save(set_aside(posting.facts, posting.id, posting.moment, reason), work, runtime)
    about = Subject(f"{TYPE}/{posting.id}", reason="; ".join(reasons))
    asked = save(task(code, about, posting.moment), work, runtime)
    links = (Link(made.type, made.id), Link(asked.type, asked.id))
    return Effect(links, reasons, is_aside=True)


def reconcile(posting: Posting, interest: Decimal, work: UnitOfWork, runtime: Runtime) -> Effect:
    """Store the payment as a whole, and what is left to a person about it."""
    taken = takebacks(posting, interest, work, runtime)
    details: list[JsonValue] = [*map(decode, posting.details), *taken.details]
    whole = save(of_payment(posting.facts, details, posting.id, posting.moment), work, runtime)
    for one in (*taken.tasks, *(_unposted(posting, number) for number in posting.lost)):
        save(one, work, runtime)
    links = (Link(whole.type, whole.id), *posting.links)
    return Effect(links, (*posting.notes, *taken.notes), is_aside=bool(posting.lost))


def _unposted(posting: Posting, number: int) -> JsonObject:
    about = Subject(f"{TYPE}/{posting.id}", reason=f"CLP {number}", part=str(number))
    return task("unposted-payment", about, posting.moment)
