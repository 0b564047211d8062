"""Moving a stored claim by an event, and finding the claim that an answer speaks of."""

from collections.abc import Sequence

from fhir_server.billing.state import BY_EVENT, Event, moved, next_state, state_of
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Update
from mappers.path import read

MOST_NAMESAKES = 50
"""Claims looked at which carry one number, replacements and other identifiers included."""


def move(id: str, event: Event, work: UnitOfWork) -> str:
    """Move a claim; return why it was not moved, or an empty text.

    An answer that does not fit the claim's state is told and changes nothing.
    """
    current = work.lock("Claim", id)
    if current is None or current.deleted:
        return f"Claim/{id} is not here any more"
    claim = decode(current.body)
    try:
        next_state(state_of(claim), event)
    except Conflict as error:
        return f"Claim/{id}: {error}"
    work.update(current, moved(claim, event))
    return ""


def claim_numbered(
    number: str, event: Event | None, work: UnitOfWork, runtime: Runtime
) -> JsonObject | None:
    """Return the claim that was sent under a patient control number (CLM01).

    Of several (a claim and its replacement) the one the event can move; None when it is not clear.
    """
    if not number:
        return None
    criteria = Criteria.of("Claim", (("identifier", escaped(number)),), runtime)
    named = (decode(one.body) for one in matches(criteria, work, limit=MOST_NAMESAKES))
    return the_one([one for one in named if read(one, "identifier[0].value") == [number]], event)


def the_one(found: Sequence[JsonObject], event: Event | None) -> JsonObject | None:
    """Return the claim meant among those of one number, None when it is not clear."""
    sent = [one for one in found if state_of(one) not in {"draft", "held", "void"}] or found
    if len(sent) > 1 and event is not None:
        sent = [one for one in sent if state_of(one) in BY_EVENT[event].sources]
    return sent[0] if len(sent) == 1 else None


def escaped(value: str) -> str:
    """Return a value as search takes it literally."""
    for mark in "\\,|$":
        value = value.replace(mark, f"\\{mark}")
    return value


def move_all(
    ids: Sequence[str], event: Event, work: UnitOfWork
) -> tuple[list[JsonObject], list[str]]:
    """Move many claims in few statements; return those that are there, and why some were not."""
    held = work.lock_many([("Claim", id) for id in ids])
    trees: list[JsonObject] = []
    notes: list[str] = []
    wishes: list[Update] = []
    for id in ids:
        current = held.get(("Claim", id))
        if current is None or current.deleted:
            notes.append(f"Claim/{id} is not here any more")
            continue
        claim = decode(current.body)
        trees.append(claim)
        try:
            wishes.append(Update(current, moved(claim, event)))
        except Conflict as error:
            notes.append(f"Claim/{id}: {error}")
    work.apply(wishes)
    return trees, notes
