"""Writers of names, addresses, numbers to call, and logical references to who did what where.

A reference that was read from a message has an identifier and a name as text: its last word is
written as the family name, those before it as given names.
"""

from collections.abc import Mapping, Sequence

from mappers.codes import CodeMap
from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.back.datatypes import (
    NONE,
    Repetitions,
    components,
    cwe,
    cx,
    one,
    text_at,
    type_of,
)
from mappers.v2_fhir.back.engine import BackCall, Writer
from mappers.v2_fhir.back.moments import from_datetime
from mappers.v2_fhir.back.naming import authority
from mappers.v2_fhir.codes import ADDRESS_TYPE, ADDRESS_USE, NAME_USE, TELECOM_SYSTEM, TELECOM_USE
from mappers.v2_fhir.extension import STRUCTURES, US_CORE

HOME, WORK = "home", "work"


def code_for(codes: CodeMap, target: str) -> str:
    """Return the first code of a map for a target, empty where it has none."""
    return next((row.code for row in codes.rows if row.target == target and target), "")


def texts(value: JsonValue, path: str) -> list[str]:
    """Return every text at an element path."""
    return [found for found in read(value, path) if isinstance(found, str)]


def xpn(value: JsonValue, _call: BackCall) -> Repetitions:
    """XPN: a name with its use of table 0200."""
    given, suffix = texts(value, "given"), texts(value, "suffix")
    family = text_at(value, "family")
    if not family and not given:
        return _split(text_at(value, "text"))
    return one(
        family,
        *(given[0] if given else "", " ".join(given[1:])),
        " ".join(suffix),
        " ".join(texts(value, "prefix")),
        "",
        code_for(NAME_USE, text_at(value, "use")),
    )


TITLES = frozenset({"DR", "PROF", "MR", "MRS", "MS"})
SUFFIXES = frozenset({"JR", "SR", "II", "III", "IV"})
DEGREES = frozenset(
    ("MD", "DO", "PHD", "PSYD", "NP", "PA", "RN", "LCSW", "LPC", "LMFT", "LMHC", "PHARMD")
)


def _split(name: str) -> Repetitions:
    """Return a name that is one text: the last word is the family name."""
    words = name.split()
    prefix = words.pop(0) if words and _plain(words[0]) in TITLES else ""
    degree = words.pop() if words and _plain(words[-1]) in DEGREES else ""
    suffix = words.pop() if words and _plain(words[-1]) in SUFFIXES else ""
    *given, family = words or [""]
    return one(family, *(given[:1] or [""]), " ".join(given[1:]), suffix, prefix, degree)


def _plain(word: str) -> str:
    return word.replace(".", "").upper()


def person_text(value: JsonValue, _call: BackCall) -> Repetitions:
    """XPN of a name that is one text."""
    return _split(value) if isinstance(value, str) else NONE


def xad(value: JsonValue, _call: BackCall) -> Repetitions:
    """XAD: an address with its use or type of table 0190."""
    line = texts(value, "line") or texts(value, "text")
    kind = code_for(ADDRESS_USE, text_at(value, "use"))
    return one(
        line[0] if line else "",
        ", ".join(line[1:]),
        *(text_at(value, part) for part in ("city", "state", "postalCode", "country")),
        kind or code_for(ADDRESS_TYPE, text_at(value, "type")),
        "",
        text_at(value, "district"),
    )


def xtn(value: JsonValue, _call: BackCall) -> Repetitions:
    """XTN: a number with its use (table 0201) and equipment (0202), a mail address in 4."""
    number, system = text_at(value, "value"), text_at(value, "system") or "phone"
    use = text_at(value, "use")
    if system == "email":
        return one("", "NET", "Internet", number)
    equipment = "CP" if use == "mobile" else code_for(TELECOM_SYSTEM, system)
    return one(number, code_for(TELECOM_USE, use), equipment) if number else NONE


def xtn_home(value: JsonValue, call: BackCall) -> Repetitions:
    """XTN in a field for home numbers: every one that is not of work, a mobile one by its kind."""
    if text_at(value, "use") == WORK:
        return NONE
    is_mobile = text_at(value, "use") == "mobile"
    return one(text_at(value, "value"), "PRN", "CP") if is_mobile else xtn(value, call)


def xtn_work(value: JsonValue, call: BackCall) -> Repetitions:
    """XTN in a field for business numbers."""
    return xtn(value, call) if text_at(value, "use") == WORK else NONE


def _numbered(value: JsonValue, call: BackCall, default: str) -> tuple[str, list[str], str]:
    """Return number, authority and type of a logical reference."""
    found = value.get("identifier") if isinstance(value, dict) else None
    namespace, *others = authority(text_at(found, "system"), call.feed, default)
    named = [namespace or text_at(found, "assigner.display"), *others]
    return text_at(found, "value"), named if found else [], type_of(found)


def xcn(value: JsonValue, call: BackCall) -> Repetitions:
    """XCN: who, by number and name."""
    if isinstance(value, dict) and value.get("type", "Practitioner") != "Practitioner":
        return NONE
    number, named, kind = _numbered(value, call, "practitioner")
    name = _name(value)
    found = [[number], *([part] for part in (*name, "", "", "")[:6]), [], named]
    return [[*found, [], [], [], [kind]]] if number or any(name) else NONE


def _name(value: JsonValue) -> list[str]:
    """Return family, given, second name of a reference."""
    split = _split(text_at(value, "display"))
    return [leaves[0] if leaves else "" for leaves in split[0]] if split else []


def ndl(value: JsonValue, call: BackCall) -> Repetitions:
    """NDL: who, in its first component."""
    number, *_ = _numbered(value, call, "practitioner")
    name = _name(value)
    return [[[number, *name]]] if number or any(name) else NONE


def xon(value: JsonValue, call: BackCall) -> Repetitions:
    """XON: an organization by name and number."""
    if isinstance(value, dict) and value.get("type", "Organization") != "Organization":
        return NONE
    number, named, kind = _numbered(value, call, "organization")
    display = text_at(value, "display")
    if not number and not display:
        return NONE
    return [[[display], [], [], [], [], named, [kind], [], [], [number]]]


def xon_name(value: JsonValue, _call: BackCall) -> Repetitions:
    """XON of a name."""
    return one(value) if isinstance(value, str) else NONE


def participant(value: JsonValue, call: BackCall) -> Repetitions:
    """XCN of a participant who plays the part the rule names."""
    parts = texts(value, "type.coding.code")
    individual = value.get("individual") if isinstance(value, dict) else None
    return xcn(individual, call) if call.rule.constant in parts else NONE


def pl(value: JsonValue) -> Repetitions:
    """PL of a logical reference: its parts from the widest to the bed, as they were read."""
    name = text_at(value, "display")
    parts = text_at(value, "identifier.value").split("/")
    if not text_at(value, "identifier.value"):
        return one(name) if name else NONE
    told = ", ".join(parts) == name
    return [components(*_placed(parts), *([] if told else [name]))]


PARTS = {5: (4, 7, 1, 2, 3), 6: (4, 7, 8, 1, 2, 3)}
"""Components of a place by the number of its parts: facility, building, floor, ward, room, bed."""


def _placed(parts: Sequence[str]) -> list[str]:
    """Return components 1 to 8 of the parts of a place."""
    found = [""] * 8
    for at, part in zip(PARTS.get(len(parts), (4, 1, 2, 3)), parts, strict=False):
        found[at - 1] = part
    if len(parts) == 1:
        found[0], found[3] = parts[0], ""
    return found


def visit_place(value: JsonValue, call: BackCall) -> Repetitions:
    """PL of where the patient is, in the state the rule names."""
    if not isinstance(value, dict) or value.get("status") != call.rule.constant:
        return NONE
    return NONE if "extension" in value else pl(value.get("location"))


def temporary_place(value: JsonValue, call: BackCall) -> Repetitions:
    """PL of where the patient is for a while."""
    if not isinstance(value, dict) or value.get("status") != call.rule.constant:
        return NONE
    return pl(value.get("location")) if "extension" in value else NONE


def location_reference(value: JsonValue, _call: BackCall) -> Repetitions:
    """PL of a logical reference."""
    return pl(value)


def us_core(name: str) -> Writer:
    """Return a writer of the CWE repetitions of a US Core race or ethnicity."""

    def write(value: JsonValue, _call: BackCall) -> Repetitions:
        if not isinstance(value, dict) or value.get("url") != f"{US_CORE}/{name}":
            return NONE
        found = read(value, "extension.valueCoding")
        if not found:
            return one("", text_at(value, "extension[url=text].valueString"))
        return [components(text_at(x, "code"), text_at(x, "display"), "CDCREC") for x in found]

    return write


def extension(name: str, member: str, write: Writer) -> Writer:
    """Return a writer of the value of one extension."""

    def written(value: JsonValue, call: BackCall) -> Repetitions:
        if not isinstance(value, dict) or value.get("url") != f"{STRUCTURES}/{name}":
            return NONE
        found = read(value, member)
        return write(found[0], call) if found else NONE

    return written


def moment_text(value: JsonValue, call: BackCall) -> Repetitions:
    """DTM of a dateTime."""
    return one(from_datetime(value, call.zone))


def plain_text(value: JsonValue, _call: BackCall) -> Repetitions:
    """ST of a text."""
    return one(value) if isinstance(value, str) else NONE


def driver_license(value: JsonValue, call: BackCall) -> Repetitions:
    """DLN: the number, the state that gave it, until when it holds."""
    if type_of(value) != "DL":
        return NONE
    namespace, *_ = authority(text_at(value, "system"), call.feed)
    state = namespace.removeprefix("driver-license").removeprefix("-")
    return one(text_at(value, "value"), state, from_datetime(text_at(value, "period.end")))


def episode(value: JsonValue, call: BackCall) -> Repetitions:
    """CX of a logical reference to an episode of care."""
    found: JsonObject | JsonValue = value.get("identifier") if isinstance(value, dict) else None
    return cx(found, call, "episode") if found else NONE


WRITERS: Mapping[str, Writer] = {
    "xpn": xpn,
    "xad": xad,
    "xtn": xtn,
    "xtn-home": xtn_home,
    "xtn-work": xtn_work,
    "xcn": xcn,
    "ndl": ndl,
    "xon": xon,
    "xon-name": xon_name,
    "participant": participant,
    "visit-place": visit_place,
    "temporary-place": temporary_place,
    "location-reference": location_reference,
    "place": location_reference,
    "driver-license": driver_license,
    "episode": episode,
    "race": us_core("us-core-race"),
    "ethnicity": us_core("us-core-ethnicity"),
    "mothers-name": extension("patient-mothersMaidenName", "valueString", person_text),
    "birth-time": extension("patient-birthTime", "valueDateTime", moment_text),
    "religion": extension("patient-religion", "valueCodeableConcept", cwe),
    "birth-place": extension("patient-birthPlace", "valueAddress.text", plain_text),
    "citizenship": extension("patient-citizenship", "extension.valueCodeableConcept", cwe),
    "nationality": extension("patient-nationality", "extension.valueCodeableConcept", cwe),
}
BROAD = frozenset({"xtn"})
