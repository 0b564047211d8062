"""Charges that come in against those that are here: seen once, credits tied to what they take back.

A charge that is here already is left as it is; where the new one tells otherwise, a person decides.
A credit is tied to its charge by number, else by patient, code and day where one charge alone fits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches, sole
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.path import read
from mappers.v2_fhir.bundle import Entry, Mapped
from mappers.v2_fhir.charge_task import charge_task
from mappers.v2_fhir.identity import identifier_keys, identifier_query

TOLD = ("code", "quantity", "priceOverride", "occurrenceDateTime", "occurrencePeriod", "reason")
"""What makes a charge another one when it comes again under the same number."""
BILLED = "billed"
MOST = 100
SOURCE = "charges"


@dataclass(frozen=True, slots=True)
class Settled:
    """The message with its charges settled, and the charges left as they are stored."""

    mapped: Mapped
    kept: tuple[str, ...]


def settle_charges(mapped: Mapped, work: UnitOfWork, runtime: Runtime) -> Settled:
    """Return the message with credits tied and Tasks added for what needs a person.

    Holds the claims of the charges first, so that of two messages about one the later sees it.
    Raises MultipleMatches where the number of a charge is that of several.
    """
    charges = [one for one in mapped.entries if one.resource["resourceType"] == "ChargeItem"]
    if not charges:
        return Settled(mapped, ())
    desk = _Desk(mapped, work, runtime)
    work.claim_many(desk.criteria(one.match).key for one in charges)
    changed: dict[str, Entry] = {}
    tasks: list[Entry] = []
    kept: list[str] = []
    for entry in charges:
        stored = desk.stored(entry.match)
        if stored is not None:
            kept.append(f"ChargeItem/{stored['id']}")
            tasks += desk.differs(entry, stored)
        elif "partOf" in entry.resource:
            changed[entry.full_url], asked = desk.tied(entry)
            tasks += asked
    entries = (*(changed.get(one.full_url, one) for one in mapped.entries), *tasks)
    return Settled(replace(mapped, entries=entries), tuple(kept))


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is looked up while the charges of one message are settled."""

    mapped: Mapped
    work: UnitOfWork
    runtime: Runtime

    def criteria(self, match: str) -> Criteria:
        """Return the search for a charge by its identifier."""
        return Criteria.of("ChargeItem", query_pairs(match), self.runtime)

    def stored(self, match: str) -> JsonObject | None:
        """Return the charge that is known by an identifier."""
        return self._sole(match)

    def differs(self, entry: Entry, stored: JsonObject) -> Iterator[Entry]:
        """Yield a Task where the charge came again with other content; it names elements only."""
        names = [one for one in TOLD if entry.resource.get(one) != stored.get(one)]
        if names:
            told: JsonObject = {
                "focus": {"reference": f"ChargeItem/{stored['id']}"},
                "reasonCode": {"text": f"differs in {', '.join(names)}"},
            }
            digest = str(entry.resource.get("priceOverride")), str(entry.resource.get("quantity"))
            yield self._task("charge-differs", (entry.match, *names, *digest), stored, told)

    def tied(self, entry: Entry) -> tuple[Entry, list[Entry]]:
        """Return the credit tied to what it takes back, and Tasks where nothing or too late."""
        found = self._original(entry)
        resource = dict(entry.resource)
        if found is None:
            told: JsonObject = {"focus": {"reference": entry.full_url}}
            return entry, [self._task("credit-without-charge", (entry.match,), resource, told)]
        reference, original = found
        resource["partOf"] = [{"reference": reference}]
        tasks = []
        if original.get("status") == BILLED:
            focus: JsonObject = {"focus": {"reference": reference}}
            tasks = [self._task("charge-credited", (entry.match,), original, focus)]
        return replace(entry, resource=resource), tasks

    def _original(self, entry: Entry) -> tuple[str, JsonObject] | None:
        """Return the charge that a credit takes back, by number, else the only one that fits."""
        for number in read(entry.resource, "partOf"):
            (_, key), *_ = identifier_keys({"identifier": [*read(number, "identifier")]})
            for one in self.mapped.entries:
                is_charge = one.resource["resourceType"] == "ChargeItem" and one is not entry
                if is_charge and "partOf" not in one.resource and key in _keys(one.resource):
                    return one.full_url, one.resource
            stored = self._sole(identifier_query(key))
            if stored is not None and "partOf" not in stored:
                return f"ChargeItem/{stored['id']}", stored
        return self._alike(entry)

    def _alike(self, entry: Entry) -> tuple[str, JsonObject] | None:
        """Return the only charge of the patient with the code and day that nothing took back."""
        patient = self._patient(entry)
        if patient is None or not _service(entry.resource)[1]:
            return None
        criteria = Criteria.of(
            "ChargeItem",
            (("subject", patient), ("occurrence", _service(entry.resource)[1])),
            self.runtime,
        )
        rows = [decode(one.body) for one in matches(criteria, self.work, limit=MOST)]
        credited = {str(one) for row in rows for one in read(row, "partOf.reference")}
        alike = [
            row
            for row in rows
            if "partOf" not in row
            and f"ChargeItem/{row['id']}" not in credited
            and _service(row) == _service(entry.resource)
            and read(row, "quantity.value") == [-one for one in _numbers(entry.resource)]
        ]
        return (f"ChargeItem/{alike[0]['id']}", alike[0]) if len(alike) == 1 else None

    def _patient(self, entry: Entry) -> str | None:
        """Return the stored patient of a charge."""
        subject = read(entry.resource, "subject.reference")
        for one in self.mapped.entries:
            if subject == [one.full_url] and one.match:
                version = sole(
                    matches(Criteria.of("Patient", query_pairs(one.match), self.runtime), self.work)
                )
                return f"Patient/{version.id}" if version else None
        return None

    def _sole(self, match: str) -> JsonObject | None:
        version = sole(matches(self.criteria(match), self.work))
        return None if version is None else decode(version.body)

    def _task(
        self, code: str, key: tuple[str, ...], charge: Mapping[str, JsonValue], told: JsonObject
    ) -> Entry:
        return charge_task(code, SOURCE, key, charge.get("subject"), self.mapped.event_time, told)


def _keys(resource: JsonObject) -> list[tuple[str, str]]:
    return [key for _, key in identifier_keys(resource)]


def _service(charge: JsonObject) -> tuple[list[JsonValue], str]:
    """Return what was done on which day."""
    told = [*read(charge, "occurrenceDateTime"), *read(charge, "occurrencePeriod.start")]
    return read(charge, "code.coding[0].code"), str(told[0])[:10] if told else ""


def _numbers(charge: JsonObject) -> list[Decimal]:
    return [one for one in read(charge, "quantity.value") if isinstance(one, Decimal)]
