"""Claims that arrive as 837, of a practice that moves here: kept with what they name.

Only where the setting `take_claims` says so: a trading partner has no claims to bring. A claim
that the rules reject is not kept: the 277CA tells its sender why. What is known under its id stays
as it is, so the same file again changes nothing.
"""

from collections.abc import Collection

from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create, Wish
from mappers.fhir_x12.claim_kind import BY_GUIDE
from mappers.fhir_x12.read_837 import read_837
from mappers.x12.claim_acknowledgment import claims_of
from mappers.x12.claim_verdict import LEVELS, Errors, rejecting
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode

SYNTAX_AND_GUIDE = 2
"""The SNIP levels that a 999 answers."""
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
    if any(found.severity == "error" and found.level <= SYNTAX_AND_GUIDE for found in one.findings):
        note = f"set {one.header.control} breaks syntax or guide: its 999 rejects it, none is kept"
        return Effect(notes=(note,), is_aside=True)
    kind = next(name for name in BY_GUIDE if one.guide in _versions(name))
    root, rejected = _accepted_part(one)
    found = read_837(root, kind)
    resources = [*found.resources.values(), *found.claims]
    keys = [(str(each["resourceType"]), str(each["id"])) for each in resources]
    known = work.lock_many(keys)
    new = {key: each for key, each in zip(keys, resources, strict=True) if key not in known}
    wishes: list[Wish] = [Create(type, each, id) for (type, id), each in new.items()]
    work.apply(wishes)
    links = tuple(Link("Claim", str(claim["id"]), one.header.control) for claim in found.claims)
    places = sorted(set(found.unread))[:MOST_PLACES]
    notes = [
        f"claim {number} of set {one.header.control} is rejected, see the 277CA, and not kept"
        for number in rejected
    ]
    if places:
        notes.append(f"no FHIR element for {', '.join(places)}")
    return Effect(links, tuple(notes), is_aside=bool(rejected) and not links)


def _accepted_part(one: TransactionSet) -> tuple[LoopNode, list[int]]:
    """Return a set of claims without those its findings reject, and the places of the latter."""
    errors = Errors(one.findings)
    numbers = {id(claim): at for at, (claim, _) in enumerate(claims_of(one.root), 1)}
    bad = {id(claim) for claim, above in claims_of(one.root) if rejecting(claim, above, errors)}
    return (_without(one.root, bad) if bad else one.root), sorted(numbers[each] for each in bad)


def _without(loop: LoopNode, claims: Collection[int]) -> LoopNode:
    """Return a loop without some claims, and without levels that hold none then."""
    children = [_without(each, claims) for each in loop.children if id(each) not in claims]
    kept = [each for each in children if each.id not in LEVELS or _has_claims(each)]
    return LoopNode(loop.id, loop.segments, kept)


def _has_claims(level: LoopNode) -> bool:
    return next(claims_of(level), None) is not None


def _versions(kind: str) -> tuple[str, ...]:
    guide = guide_of(kind)
    return guide.versions if guide is not None else ()
