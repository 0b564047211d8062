"""HL7 v2 to FHIR and back: what a message means is kept, and the text that is written is sound."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hl7.check import check
from hl7.compose import compose
from hl7.message import parse
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.back.adt import STRUCTURES, write_adt
from mappers.v2_fhir.back.letter import Header, Letter
from mappers.v2_fhir.back.oru import write_oru, write_report
from mappers.v2_fhir.back.siu import write_siu
from mappers.v2_fhir.bundle import Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

GOLDEN = Path(__file__).parents[3] / "golden" / "v2"
SLOTS = ("blocked", "opened")
NAMES = sorted(
    path.name.removesuffix(".hl7")
    for pattern in ("*.adt.hl7", "*.oru.hl7", "*.siu.hl7")
    for path in GOLDEN.glob(pattern)
    if path.name.split(".")[0] not in SLOTS
)
FEED = Feed("lab")
WANTED = 0.98
"""The share of what a message means that is the same after the way to FHIR and back."""
PASSING = ("id", "fullUrl", "reference", "url")
"""Members that name a resource or an exchange, not what a message tells."""


def there_and_back(name: str) -> tuple[Mapped, Mapped] | None:
    """Return what a golden message maps to, and what the message written from that maps to."""
    message = parse((GOLDEN / f"{name}.hl7").read_bytes())
    mapped = map_message(message, FEED)
    sent = datetime.strptime(message.header.value(7), "%Y%m%d%H%M%S%z")
    text = written(mapped, *message.type[:2], sent)
    if text is None:
        return None
    assert check(text).verdict != "rejected"
    return mapped, map_message(parse(text), FEED)


def written(mapped: Mapped, code: str, trigger: str, sent: datetime) -> bytes | None:
    """Return the message of what was mapped."""
    known: dict[str, JsonObject] = {}
    for entry in mapped.entries:
        known |= {entry.full_url: entry.resource, entry.url: entry.resource}
    header = Header(("A", "B"), ("C", "D"), sent, "1")
    letter = Letter(FEED, header, known.get)

    def of(type: str) -> list[JsonObject]:
        return [x.resource for x in mapped.entries if x.resource["resourceType"] == type]

    visits: list[JsonObject | None] = [*of("Encounter"), None]
    if code == "ADT":
        if trigger not in STRUCTURES:
            return None
        everything = [entry.resource for entry in mapped.entries]
        write_adt(letter, trigger, of("Patient")[0], visits[0], everything)
    elif code == "SIU":
        write_siu(letter, trigger, of("Appointment")[0], visits[0])
    else:
        first, *others = of("DiagnosticReport")
        assert write_oru(letter, first)
        for number, report in enumerate(others, 2):
            write_report(letter, report, number)
    return compose(letter.segments)


def leaves(value: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every leaf with its path; the order of items does not count."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in PASSING:
                yield from leaves(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)
    else:
        yield path, str(value)


def meaning(mapped: Mapped) -> list[tuple[str, str]]:
    """Return what the people, visits, orders, reports and appointments of a message say."""
    told = [x.resource for x in mapped.entries if x.resource["resourceType"] != "Provenance"]
    return [leaf for one in told for leaf in leaves(one, str(one["resourceType"]))]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_message_means_comes_back(name: str) -> None:
    """At least 98 of 100 elements of FHIR are the same when what is written is read again."""
    found = there_and_back(name)
    if found is None:
        pytest.skip("an event that is not sent")
    before, after = (meaning(one) for one in found)
    lost = list(before)
    for leaf in after:
        if leaf in lost:
            lost.remove(leaf)
    share = 1 - len(lost) / len(before)
    assert share >= WANTED, sorted({path for path, _ in lost})
