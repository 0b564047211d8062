"""A stored resource as an HL7 v2 message: what is told, what may be told, and its number.

Nothing that carries a label of special protection is written unless the receiver is permitted
that label; where a record of a programme under 42 CFR Part 2 is written, the notice of 2.32 goes
with it, as it must with each disclosure.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fhir_server.model.codec import decode
from fhir_server.model.feed import FeedRecord
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.compose import compose
from mappers.v2_fhir.back import adt, siu
from mappers.v2_fhir.back.letter import Header, Letter
from mappers.v2_fhir.back.oru import write_oru
from mappers.v2_fhir.back.security import PART_2, PROTECTED, labels_of

NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""The short notice of 42 CFR 2.32(a)(2), in force since 2018-02-02."""
Write = Callable[[Letter, str, JsonObject], str]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be written: a resource, the event (empty: by its state), and who may be told."""

    type: str
    id: str
    event: str = ""
    receiver: tuple[str, str] = ("", "")
    permitted: frozenset[str] = frozenset()


def write_message(
    asked: Request, record: FeedRecord, runtime: Runtime, work: UnitOfWork
) -> Exchange:
    """Write the message, keep it as an outgoing exchange in state `ready` and return that.

    Raises NotFound for a resource that is not stored, Invalid for one no message tells of, or
    that holds a label the receiver is not permitted.
    """
    if asked.type not in WRITERS:
        raise Invalid(f"no message tells of a {asked.type}; write one of {', '.join(WRITERS)}")
    known = _Known(work)
    resource = known(f"{asked.type}/{asked.id}")
    if resource is None:
        raise NotFound(f"{asked.type}/{asked.id} is not stored")
    number = control_numbers.allocate(work, record.id, "message")[0]
    party = record.receivers[0] if record.receivers else None
    sender = (party.application, party.facility) if party else ("PARITY", "")
    header = Header(sender, asked.receiver, runtime.clock(), f"P{number}", _processing(record))
    letter = Letter(record.to_feed(), header, known)
    kind = WRITERS[asked.type](letter, asked.event, resource)
    told = {label for one in known.found.values() for label in labels_of(one)}
    held = sorted((told & PROTECTED) - asked.permitted)
    if held:
        raise Invalid(
            f"it holds what is labelled {', '.join(held)}, which the receiver is not permitted; "
            "permit the label where the patient's consent or the law lets it"
        )
    if told & PROTECTED:
        letter.restrict(NOTICE if PART_2 in told else "")
    facts = Facts(record.id, kind, header.control_id, "|".join(sender), "|".join(asked.receiver))
    kept = exchanges.keep(work, "v2", "out", compose(letter.segments), facts, "ready")
    exchanges.link(work, kept.id, [Link(*name.split("/")) for name in known.found])
    return kept


def _processing(record: FeedRecord) -> str:
    return record.processing[0] if record.processing else "P"


class _Known:
    """The resources by reference, as they are stored now; `found` are those that were asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.found: dict[str, JsonObject] = {}

    def __call__(self, reference: str) -> JsonObject | None:
        if reference in self.found:
            return self.found[reference]
        type, _, id = reference.partition("/")
        version = self._reader.current(type, id) if id and "/" not in id else None
        if version is None or version.deleted:
            return None
        self.found[reference] = decode(version.body)
        return self.found[reference]


def _report(letter: Letter, event: str, report: JsonObject) -> str:
    if event not in {"", "R01"}:
        raise Invalid(f"a report is told by R01, not {event}")
    if not write_oru(letter, report):
        raise Invalid("the patient of the report is not stored")
    return "ORU^R01"


def _visit(letter: Letter, event: str, visit: JsonObject) -> str:
    chosen = _known_event(event or adt.event_of(visit, None), adt.STRUCTURES)
    patient = letter.first(visit, "subject")
    if patient is None:
        raise Invalid("the patient of the visit is not stored")
    adt.write_adt(letter, chosen, patient, visit)
    return f"ADT^{chosen}"


def _person(letter: Letter, event: str, patient: JsonObject) -> str:
    chosen = _known_event(event or "A31", adt.PERSONAL)
    adt.write_adt(letter, chosen, patient)
    return f"ADT^{chosen}"


def _appointment(letter: Letter, event: str, appointment: JsonObject) -> str:
    chosen = _known_event(event or siu.event_of(appointment, None), siu.EVENTS)
    siu.write_siu(letter, chosen, appointment)
    return f"SIU^{chosen}"


def _known_event(event: str, events: Mapping[str, object] | tuple[str, ...]) -> str:
    if event not in events:
        raise Invalid(f"there is no event {event} here; choose one of {', '.join(events)}")
    return event


WRITERS: Mapping[str, Write] = {
    "DiagnosticReport": _report,
    "Encounter": _visit,
    "Patient": _person,
    "Appointment": _appointment,
}
