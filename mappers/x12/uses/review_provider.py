"""Who has a part in a reviewed event or service: providers, contacts, other reviewers."""

from mappers.x12.grammar import (
    Loop,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
)
from mappers.x12.uses.review_part import day
from mappers.x12.uses.review_party import (
    ORGANIZATION_KINDS,
    PROVIDER_IDS,
    PROVIDER_KINDS,
    Review,
    contact,
    named,
    place,
    references,
)

PROVIDERS = "71|72|73|77|AAJ|DD|DK|DN|FA|G3|P3|QB|QV|SJ"
_TRANSPORT = "45|FS|ND|PW|R3"
_OTHER_REVIEWERS = "00|CA|GG"


def provider(review: Review, id: str, name: str, repeat: int) -> Loop:
    """Return someone who has a part in the care."""
    ids = (may(8, *PROVIDER_KINDS), may(9))
    return loop(
        id,
        name,
        named(PROVIDERS, name, ("1", "2"), ids),
        references(PROVIDER_IDS, f"{name}'s further id", 8),
        *place(name),
        contact(f"{name}'s contact"),
        *review.validation,
        can("PRV", f"{name}'s specialty", need(1), need(2, "PXC"), need(3)),
        repeat=repeat,
    )


def information_contact(id: str) -> Loop:
    """Return whom to send further information to, in an answer that asks for it."""
    name = "information contact"
    ids = (may(8, *ORGANIZATION_KINDS), may(9))
    return loop(
        id, name, named("L5", name, ("1", "2"), ids), *place(name), contact(f"{name}'s numbers")
    )


def transport(id: str, review: Review) -> Loop:
    """Return a place a patient is carried to or from."""
    name = "place of transport"
    opening = must("NM1", name, need(1, *_TRANSPORT.split("|")), need(2, "2"), may(3))
    return loop(id, name, opening, *place(name), *review.validation, repeat=5)


def other_reviewer(id: str) -> Loop:
    """Return another organization that reviewed the event, and why it denied."""
    name = "other reviewer"
    reasons = may_parts(4, need(1, "ZZ"), need(2), may(3, "ZZ"), may(4), may(5, "ZZ"), may(6))
    return loop(
        id,
        name,
        must("NM1", name, need(1, *_OTHER_REVIEWERS.split("|")), need(2, "2"), may(3)),
        can("REF", "why it denied", need(1, "ZZ"), need(2), reasons),
        day("598", "when it denied"),
        repeat=3,
    )
