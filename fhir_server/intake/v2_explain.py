"""A message told to a laboratory analyst: each field by name, its value, and what it became.

Values are shown: it is for who holds the message. A field that is in no resource is marked, with
the reason of the ledger.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fhir_server.intake.v2_answer import refusal_of
from fhir_server.intake.v2_letter import Letter, refusal_at_door
from fhir_server.model.resource import JsonObject, JsonValue
from hl7.dictionary import Dictionary, load, nearest_version
from hl7.explain import SEGMENTS, shown_field
from hl7.message import Segment
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.ledger import occurrences
from mappers.v2_fhir.message import map_message

REASONS = {
    "no-rule": "no row maps it",
    "not-understood": "its value is not understood",
    "overruled": "another field came first",
    "no-code": "its code has no row",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of a message; `refusal` tells why nothing did."""

    letter: Letter
    mapped: Mapped | None
    refusal: str

    def to_json(self) -> JsonObject:
        """Return the account of the message: counts, and what is in no resource."""
        segments = len(self.letter.message.segments) if self.letter.message else 0
        unmapped: list[JsonValue] = []
        untranslated: list[JsonValue] = []
        resources: list[JsonValue] = []
        if self.mapped is not None:
            unmapped = [{"path": one.path, "reason": one.reason} for one in self.mapped.unmapped]
            untranslated = [
                {"path": one.source, "codes": one.codes, "code": one.code}
                for one in self.mapped.untranslated
            ]
            resources = [str(one.resource["resourceType"]) for one in self.mapped.entries]
        return {
            "feed": self.letter.known.record.id,
            "refusal": self.refusal,
            "segments": segments,
            "fieldsRead": len({leaf[:2] for leaf in self.mapped.read}) if self.mapped else 0,
            "resources": resources,
            "unmapped": unmapped,
            "untranslated": untranslated,
        }

    def summary(self) -> Iterator[str]:
        """Yield the account as lines."""
        told = self.to_json()
        control = self.letter.facts.control or "none"
        if self.refusal:
            yield f"control id {control}: not taken by feed {told['feed']}: {self.refusal}"
            return
        types = told["resources"]
        names = [str(one) for one in types] if isinstance(types, list) else []
        counted = ", ".join(f"{names.count(one)} {one}" for one in dict.fromkeys(names))
        yield f"control id {control}: feed {told['feed']}: {counted}"
        for one in self.mapped.unmapped if self.mapped else ():
            yield f"  {one.path}: {REASONS[one.reason]}"
        for code in self.mapped.untranslated if self.mapped else ():
            yield f"  {code.source}: code {code.code} waits for a row of {code.codes}"

    def lines(self) -> Iterator[str]:
        """Yield the message field by field."""
        message = self.letter.message
        if message is None:
            yield f"no message: {self.refusal}"
            return
        yield (
            f"{self.letter.facts.kind} version {message.version or 'none'}, "
            f"control id {message.control_id or 'none'}, feed {self.letter.known.record.id}"
        )
        if self.refusal:
            yield f"! not taken: {self.refusal}"
        dictionary = load(nearest_version(message.version))
        names = occurrences(message.segments)
        became, lost = _became(self.mapped), _lost(self.mapped)
        for segment in message.segments:
            name = names[segment.ordinal]
            gloss = "local segment" if segment.id.startswith("Z") else SEGMENTS.get(segment.id, "")
            mark = f"  ! {lost[name]}" if name in lost else ""
            yield f"{segment.ordinal} {name} {gloss}{mark}".rstrip()
            yield from _fields(segment, name, dictionary, became, lost)


def explain_mapped(letter: Letter) -> Explanation:
    """Return what a letter becomes by its feed, without looking at what is stored."""
    if letter.message is None:
        return Explanation(letter, None, "no MSH segment found")
    refusal = refusal_at_door(letter.message, letter.known.record)
    if refusal is not None:
        return Explanation(letter, None, refusal.reason)
    try:
        return Explanation(letter, map_message(letter.message, letter.known.feed), "")
    except MapError as error:
        return Explanation(letter, None, refusal_of(error, letter.message).reason)


def _became(mapped: Mapped | None) -> Mapping[str, list[str]]:
    """Return the elements each field is written to, by the field (`PID-3`)."""
    found: dict[str, list[str]] = {}
    written = (
        (source, table.target, target)
        for table, trace in (mapped.runs if mapped else ())
        for source, target in trace.written
        if source
    )
    for source, resource, target in written:
        where = resource if target == "*" else f"{resource}.{target}"
        told = found.setdefault(source.rstrip("*"), [])
        told += [where] if where not in told else []
    return found


def _lost(mapped: Mapped | None) -> Mapping[str, str]:
    return {one.path: REASONS[one.reason] for one in mapped.unmapped} if mapped else {}


def _fields(
    segment: Segment,
    name: str,
    dictionary: Dictionary,
    became: Mapping[str, list[str]],
    lost: Mapping[str, str],
) -> Iterator[str]:
    uses = dictionary.segments.get(segment.id, ())
    for number in range(3 if segment.id == "MSH" else 1, segment.width + 1):
        field = segment.field(number)
        if not field:
            continue
        title = f" {uses[number - 1].name}" if number <= len(uses) else ""
        where = [
            one
            for path, targets in became.items()
            if path == f"{segment.id}-{number}" or path.startswith(f"{segment.id}-{number}.")
            for one in targets
        ]
        place = f"{name}-{number}"
        missing = [
            f"! {path}: {reason}"
            for path, reason in lost.items()
            if path == place or path.startswith((f"{place}.", f"{place}("))
        ]
        told = f" -> {', '.join(where)}" if where and place not in lost else ""
        yield f"    {place}{title}: {shown_field(field)}{told}"
        yield from (f"      {one}" for one in missing)
