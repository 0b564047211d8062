"""Segments that R4 has no place for, as structured extensions: one part an element, by name."""

from mappers.fhir_x12.segment import Field, Segment, at, fixed, segment
from mappers.fhir_x12.system import extension

VALUES = {  # the kind of a part, the member that holds it, its transformation
    "code": ("valueCode", "token"),
    "token": ("valueString", "token"),
    "string": ("valueString", "text"),
    "number": ("valueDecimal", "number"),
    "integer": ("valueInteger", "integer"),
    "money": ("valueMoney", "money"),
    "date": ("valueDate", "date"),
    "yes": ("valueBoolean", "yes-no"),
}


def parts(*rows: str) -> tuple[tuple[str, str, str], ...]:
    """Return parts of `element name kind`: `02 amount money`."""
    return tuple((number, name, kind) for number, name, kind in (row.split() for row in rows))


def structured(id: str, name: str, *rows: tuple[str, str, str], each: bool = False) -> Segment:
    """Return a segment whose elements are the parts of one extension, or of `each` of them."""
    prefix = "" if each else f"{extension(name)}."
    return segment(
        id, *(_part(id, prefix, *row) for row in rows), each=extension(name) if each else ""
    )


def _part(id: str, prefix: str, number: str, name: str, kind: str) -> Field:
    member, form = VALUES[kind]
    return at(f"{id}{number}", f"{prefix}extension[url={name}].{member}", form=form)


def reference_extension(*codes: str) -> Segment:
    """Return numbers that name what is no resource of the claim: qualifier and value."""
    return segment(
        "REF",
        fixed("REF01", *codes),
        at("REF01", "extension[url=qualifier].valueCode"),
        at("REF02", "extension[url=value].valueString"),
        fixed("REF04-1", "2U", beside="REF04-2"),
        at("REF04-2", "extension[url=payer].valueString"),
        each=extension("claim-reference"),
    )
