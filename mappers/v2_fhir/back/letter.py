"""A message being written: its header, its patient and visit, segments in order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from mappers.codes import CodeMap
from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table
from mappers.v2_fhir.back import datatypes, people, schedules, values
from mappers.v2_fhir.back.datatypes import text_at
from mappers.v2_fhir.back.engine import Fields, Page, Writers, run_back
from mappers.v2_fhir.back.moments import from_datetime
from mappers.v2_fhir.back.security import RESTRICTED
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.segments.pd1 import DEMOGRAPHICS
from mappers.v2_fhir.segments.pid import CONTACT, PATIENT
from mappers.v2_fhir.segments.pv1 import ENCOUNTER
from mappers.v2_fhir.work import VOCABULARY

Segment = tuple[str, Fields]
Resolve = Callable[[str], JsonObject | None]
"""Gives the resource a reference names, None where it is not known or may not be told."""
CODES: Mapping[str, CodeMap] = VOCABULARY.codes
WRITERS = Writers(
    {**datatypes.WRITERS, **people.WRITERS, **schedules.WRITERS, **values.WRITERS},
    datatypes.BROAD | people.BROAD,
    datatypes.HALVES,
    CODES,
)


@dataclass(frozen=True, slots=True)
class Header:
    """What MSH tells: who to whom, when, by which number and version.

    `security` is MSH-8, `profile` MSH-21; `wanted` are MSH-15 and MSH-16 of a receiver in enhanced
    mode. `zone` tells times in one zone and without offsets, as some receivers want.
    """

    sender: tuple[str, str]
    receiver: tuple[str, str]
    time: datetime
    control_id: str
    processing: str = "P"
    version: str = "2.5.1"
    charset: str = "UNICODE UTF-8"
    security: str = ""
    wanted: tuple[str, str] = ("", "")
    zone: tzinfo | None = None


@dataclass(slots=True)
class Letter:
    """One message to a receiver. `feed` names its code and identifier systems."""

    feed: Feed
    header: Header
    resolve: Resolve
    segments: list[Segment] = field(default_factory=list)

    def open(self, code: str, trigger: str, structure: str) -> None:
        """Write MSH."""
        told = self.header
        page = self.page()
        page.text("MSH-3", told.sender[0])
        page.text("MSH-4", told.sender[1])
        page.text("MSH-5", told.receiver[0])
        page.text("MSH-6", told.receiver[1])
        page.text("MSH-7", from_datetime(told.time.isoformat(timespec="seconds"), told.zone))
        page.text("MSH-8", told.security)
        page.put("MSH-9", [[code], [trigger], [structure]])
        page.text("MSH-10", told.control_id)
        page.text("MSH-11", told.processing)
        page.text("MSH-12", told.version)
        page.text("MSH-15", told.wanted[0])
        page.text("MSH-16", told.wanted[1])
        page.text("MSH-18", told.charset)
        self.add(page, "MSH")

    def restrict(self, notice: str) -> None:
        """Say that the message holds protected records; the notice follows PID."""
        _, header = self.segments[0]
        header.setdefault(8, [[[RESTRICTED]]])
        if not notice:
            return
        page = self.page()
        page.text("NTE-1", "1")
        page.text("NTE-3", notice)
        place = next((at for at, (id, _) in enumerate(self.segments, 1) if id == "PID"), 1)
        while place < len(self.segments) and self.segments[place][0] == "PD1":
            place += 1
        self.segments.insert(place, ("NTE", page.segments["NTE"]))

    def page(self) -> Page:
        """Return empty segments for this receiver."""
        return Page(self.feed, self.header.zone)

    def add(self, page: Page, *ids: str, always: bool = False) -> None:
        """Add the segments of a page in this order; those that hold nothing are left out."""
        for id in ids:
            fields = page.segments.get(id, {})
            if always or any(any(map(any, one)) for told in fields.values() for one in told):
                self.segments.append((id, fields))

    def written(self, resource: JsonObject, *tables: Table, page: Page | None = None) -> Page:
        """Return the page with what the tables tell of a resource."""
        found = page or self.page()
        whole = logical(resource, self.resolve)
        for table in tables:
            run_back(table, whole, found, WRITERS)
        return found

    def patient(self, patient: JsonObject, *, with_kin: bool = True) -> None:
        """Write PID, PD1 and an NK1 for each contact."""
        page = self.written(patient, PATIENT, DEMOGRAPHICS)
        page.text("PID-1", "1")
        self.add(page, "PID", "PD1")
        if not with_kin:
            return
        for number, contact in enumerate(datatypes.objects(patient, "contact"), 1):
            kin = self.written(contact, CONTACT)
            kin.text("NK1-1", str(number))
            self.add(kin, "NK1")

    def visit(self, encounter: JsonObject | None) -> None:
        """Write PV1 and PV2; nothing where there is no visit."""
        if encounter is None:
            return
        page = self.written(encounter, ENCOUNTER)
        page.text("PV1-1", "1")
        self.add(page, "PV1", "PV2")

    def notes(self, notes: Iterable[JsonValue], source: str = "") -> None:
        """Write an NTE for each line of the notes."""
        number = 0
        for note in notes:
            for line in text_at(note, "text").split("\n"):
                number += 1
                page = self.page()
                page.text("NTE-1", str(number))
                page.text("NTE-2", source)
                page.text("NTE-3", line)
                if line:
                    self.add(page, "NTE")

    def of(self, resource: JsonObject, path: str) -> list[JsonObject]:
        """Return the resources that the references at a path name, known ones only."""
        names = (text_at(one, "reference") for one in read(resource, path))
        return [found for name in names if name and (found := self.resolve(name)) is not None]

    def first(self, resource: JsonObject, path: str) -> JsonObject | None:
        """Return the first of them."""
        return next(iter(self.of(resource, path)), None)


NAMED = ("Practitioner", "Organization", "Location", "Device", "RelatedPerson", "PractitionerRole")


def logical(resource: JsonObject, resolve: Resolve) -> JsonObject:
    """Return the resource with references to people, places and things told by number and name."""

    def told(value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [told(one) for one in value]
        if not isinstance(value, dict):
            return value
        name = value.get("reference")
        found = resolve(name) if isinstance(name, str) else None
        if found is not None and found.get("resourceType") in NAMED:
            return _named(found) | {"reference": name}
        return {key: told(inner) for key, inner in value.items()}

    return {key: told(value) for key, value in resource.items()}


def _named(found: JsonObject) -> JsonObject:
    """Return the logical reference to a resource: its type, first number and name."""
    identifiers = found.get("identifier")
    numbers = identifiers if isinstance(identifiers, list) else [identifiers]
    chosen = next((one for one in numbers if isinstance(one, dict)), None)
    reference: JsonObject = {"type": found["resourceType"], "display": _name(found)}
    return reference | ({"identifier": chosen} if chosen else {})


def _name(found: JsonObject) -> str:
    name = found.get("name")
    if isinstance(name, str):
        return name
    parts = [*people.texts(found, "name[0].given"), *people.texts(found, "name[0].family")]
    return " ".join(parts) or text_at(found, "name[0].text") or text_at(found, "deviceName.name")
