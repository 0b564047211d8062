"""Claims that arrive as 837, of a practice that moves here: kept with what they name.

Only where the setting `take_claims` says so: a trading partner has no claims to bring. What is
known under its id stays as it is, so the same file again changes nothing.
"""

from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create, Wish
from mappers.fhir_x12.claim_kind import BY_GUIDE
from mappers.fhir_x12.read_837 import read_837
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.sets import guide_of

MOST_PLACES = 20
"""X12 places named in the notes that found no FHIR element."""


def take_claims(
    _: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Keep the claims of a set; set it aside where claims are not taken in."""
    if one is None:
        return Effect()
    if not runtime.settings.take_claims:
        note = "claims are not taken in here; the setting take_claims lets them in"
        return Effect(notes=(note,), is_aside=True)
    kind = next(name for name in BY_GUIDE if one.guide in _versions(name))
    found = read_837(one.root, kind)
    resources = [*found.resources.values(), *found.claims]
    keys = [(str(each["resourceType"]), str(each["id"])) for each in resources]
    known = work.lock_many(keys)
    new = {key: each for key, each in zip(keys, resources, strict=True) if key not in known}
    wishes: list[Wish] = [Create(type, each, id) for (type, id), each in new.items()]
    work.apply(wishes)
    links = tuple(Link("Claim", str(claim["id"]), one.header.control) for claim in found.claims)
    places = sorted(set(found.unread))[:MOST_PLACES]
    notes = (f"no FHIR element for {', '.join(places)}",) if places else ()
    return Effect(links, notes)


def _versions(kind: str) -> tuple[str, ...]:
    guide = guide_of(kind)
    return guide.versions if guide is not None else ()
