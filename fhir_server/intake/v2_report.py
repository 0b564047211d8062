"""What is to be known of an applied message: paths and codes, never other values."""

from collections.abc import Iterator

from fhir_server.intake.v2_bundle import Plan
from fhir_server.intake.v2_letter import Kept
from fhir_server.model.message import State
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.store.unmapped_codes import Place
from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.codes import CODES

LONGEST_CODE = 80


def report_of(mapped: Mapped, plan: Plan, kept: Kept) -> JsonObject:
    """Return the report of a message that was applied."""
    unmapped: list[JsonValue] = [
        {"path": one.path, "reason": one.reason} for one in mapped.unmapped
    ]
    untranslated: list[JsonValue] = [
        {"path": one.source, "codes": one.codes, "code": one.code} for one in mapped.untranslated
    ]
    report: JsonObject = {
        "unmapped": unmapped,
        "untranslated": untranslated,
        "kept": list(plan.kept),
    }
    if plan.flags:
        report["flags"] = list(plan.flags)
    if kept.message.notes:
        notes: list[JsonValue] = [one.id for one in kept.message.notes]
        report["repaired"] = list(dict.fromkeys(notes))
    if kept.other is not None and kept.exchange.facts.control:
        report["control-id-also-of"] = str(kept.other)
    if kept.parked:
        report["after-parked"] = [str(one) for one in kept.parked]
    return report


def state_of(mapped: Mapped, plan: Plan, kept: Kept) -> State:
    """Return the state of a message that was applied."""
    if next(place_names(mapped, kept), None) is not None:
        return "code_unmapped"
    reused = kept.other is not None and kept.exchange.facts.control
    odd = kept.message.notes or plan.kept or plan.flags or reused or kept.parked
    return "warning" if odd else "applied"


def place_names(mapped: Mapped, kept: Kept) -> Iterator[Place]:
    """Yield each code that waits for a row; one that is known to have no target does not."""
    tables = kept.known.feed.tables
    for one in dict.fromkeys(mapped.untranslated):
        table = tables.get(one.codes) or CODES.get(one.codes)
        if table is None or not table.knows(one.code):
            yield kept.known.record.id, one.codes, _storable(one.code)


def _storable(code: str) -> str:
    return "".join(one if one.isprintable() else " " for one in code[:LONGEST_CODE])
