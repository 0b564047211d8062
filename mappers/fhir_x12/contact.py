"""PER, a contact, both ways: a name and up to three telephone numbers, e-mail or fax addresses.

The contacts of an organization or patient are its `contact`; those of any other party its
`telecom`, and the name an extension. A telephone's extension stands behind `;ext=` (RFC 3966).
"""

from collections.abc import Iterator, Sequence

from mappers.fhir_x12.fill import put
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.segment import Notes, Pair
from mappers.fhir_x12.system import extension
from mappers.path import JsonObject, JsonValue
from mappers.x12.lexer import Segment
from mappers.x12.tree import Seg

_KINDS = {"phone": "TE", "email": "EM", "fax": "FX", "url": "UR"}
_SYSTEMS = {code: name for name, code in _KINDS.items()}
_HOLDERS = frozenset({"Organization", "Patient"})
_NAME = extension("contact-name")
_NAMED = getter(f"{_NAME}.valueString")
_TEXT = getter("name.text")
_EXT = ";ext="


def _write(subject: JsonObject, _: Notes) -> list[Seg]:
    """Return a PER for each contact."""
    return [made for name, points in _contacts(subject) if (made := contact_segment(name, points))]


def _contacts(subject: JsonObject) -> Iterator[tuple[JsonValue, Sequence[JsonValue]]]:
    held = subject.get("contact")
    if isinstance(held, list):
        for one in held:
            points = one.get("telecom") if isinstance(one, dict) else None
            if isinstance(points, list):
                yield _TEXT(one), points
    elif (name := _NAMED(subject)) is not None:
        points = subject.get("telecom")
        yield name, points if isinstance(points, list) else []


def contact_segment(name: JsonValue, points: Sequence[JsonValue]) -> Seg | None:
    """Return the PER of a contact; None where it has no number or address."""
    pairs = [pair for one in points for pair in _pairs(one)][:3]
    if not pairs:
        return None
    told = FORMS["text"].write(name, 60) if name is not None else None
    return Seg("PER", ("IC", told, *(value for pair in pairs for value in pair)))


def _pairs(point: JsonValue) -> Iterator[tuple[str, str]]:
    if not isinstance(point, dict):
        return
    kind, value = _KINDS.get(str(point.get("system"))), point.get("value")
    if kind is None or not isinstance(value, str):
        return
    number, _, inner = value.partition(_EXT)
    form = FORMS["digits" if kind in {"TE", "FX"} else "token"]
    told = form.write(number, 256)
    if told:
        yield kind, told
        if inner:
            yield "EX", inner


def _read(read: Segment, subject: JsonObject) -> Sequence[str] | None:
    points, lost = contact_points(read)
    name = read.element(2)
    if subject.get("resourceType") in _HOLDERS:
        contact: JsonObject = {"name": {"text": name}} if name else {}
        put(subject, "contact[]", {**contact, "telecom": points})
    else:
        for one in points:
            put(subject, "telecom[]", one)
        put(subject, f"{_NAME}.valueString", name or "contact")
    return lost


def contact_points(read: Segment) -> tuple[list[JsonValue], list[str]]:
    """Return the telecoms of a PER, and the places it holds beyond them."""
    points: list[JsonValue] = []
    lost: list[str] = []
    for number in (3, 5, 7):
        kind, value = read.element(number), read.element(number + 1)
        last = points[-1] if points else None
        if kind == "EX" and isinstance(last, dict):
            last["value"] = f"{last['value']}{_EXT}{value}"
        elif kind in _SYSTEMS and value:
            points.append({"system": _SYSTEMS[kind], "value": value})
        elif kind or value:
            lost += [f"PER{number:02d}", f"PER{number + 1:02d}"]
    return points, lost


CONTACT = Pair(
    "PER",
    "contact (Organization, Patient), else telecom: PER02 the name, PER03-08 the points",
    _write,
    _read,
)
