"""Who: names, addresses, contacts, specialties (NM1, N3, N4, PER, PRV, DMG)."""

from mappers.x12.grammar import ElementUse, SegmentUse, can, may, must, need

CITY = (need(1), may(2), may(3), may(4), may(7))
CONTACT_KINDS = ("TE", "EM", "FX")
MEMBER_ID = (may(8, "II", "MI"), may(9))
GENDER = ("F", "M", "U")


def entity(code: str, name: str, types: tuple[str, ...] = ("1", "2")) -> SegmentUse:
    """Return a name that a person or an organization may bear, with an NPI where it has one."""
    return must(
        "NM1",
        name,
        need(1, *code.split("|")),
        need(2, *types),
        may(3),
        may(4),
        may(5),
        may(7),
        may(8, "XX"),
        may(9),
    )


def party(code: str, name: str, kinds: tuple[str, ...]) -> SegmentUse:
    """Return an organization with a required identifier."""
    return must("NM1", name, need(1, code), need(2, "2"), need(3), need(8, *kinds), need(9))


def person(code: str, name: str, *ids: ElementUse) -> SegmentUse:
    """Return a member or a patient."""
    types = need(2, "1", "2") if ids else need(2, "1")
    return must("NM1", name, need(1, code), types, need(3), may(4), may(5), may(7), *ids)


def street(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a required address."""
    return must("N3", f"{name} street", need(1), may(2)), must("N4", f"{name} city", *CITY)


def maybe_street(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a situational address."""
    return can("N3", f"{name} street", need(1), may(2)), can("N4", f"{name} city", *CITY)


def contact(name: str, repeat: int = 1, kinds: tuple[str, ...] = CONTACT_KINDS) -> SegmentUse:
    """Return a situational contact."""
    return can("PER", name, *contact_elements(kinds), repeat=repeat)


def contact_elements(kinds: tuple[str, ...] = CONTACT_KINDS) -> tuple[ElementUse, ...]:
    """Return the elements of a contact: up to three numbers, the second on also an extension."""
    further = (*kinds, "EX")
    return (
        need(1, "IC"),
        may(2),
        need(3, *kinds),
        need(4),
        may(5, *further),
        may(6),
        may(7, *further),
        may(8),
    )


def specialty(kind: str, name: str) -> SegmentUse:
    """Return a situational taxonomy code."""
    return can("PRV", name, need(1, kind), need(2, "PXC"), need(3))


def birth(name: str) -> SegmentUse:
    """Return a situational day of birth with the gender."""
    return can("DMG", name, *BIRTH)


BIRTH = (need(1, "D8"), need(2), need(3, *GENDER))
