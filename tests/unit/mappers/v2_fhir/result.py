"""Synthetic results of one laboratory, and what they become."""

from hl7.message import parse
from mappers.path import JsonObject
from mappers.v2_fhir.bundle import Entry, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

LAB = Feed("lab")
MSH = "MSH|^~\\&|L|F|C|W|20260102030405+0100||ORU^R01|M1|P|2.5.1"
PID = "PID|1||7^^^A^MR||DOE^JO||19800101|F"
ORC = "ORC|RE|P1|F1"
OBR = "OBR|1|P1|F1|24323-8^PANEL^LN|||20260101|||||||||||||||20260102101500||CH|F"


def mapped(*segments: str, feed: Feed = LAB) -> Mapped:
    """Map a message of segments."""
    return map_message(parse("\r".join(segments).encode()), feed)


def result(*segments: str, feed: Feed = LAB) -> Mapped:
    """Map a result with these segments after its OBR."""
    return mapped(MSH, PID, ORC, OBR, *segments, feed=feed)


def entries(result: Mapped, type: str) -> list[Entry]:
    """Return the entries of a type."""
    return [entry for entry in result.entries if entry.resource["resourceType"] == type]


def resources(result: Mapped, type: str) -> list[JsonObject]:
    """Return the resources of a type."""
    return [entry.resource for entry in entries(result, type)]


def sole(result: Mapped, type: str) -> JsonObject:
    """Return the one resource of a type."""
    (found,) = resources(result, type)
    return found


def segment(id: str, **fields: str) -> str:
    """Return a segment with fields by their numbers: `segment("OBR", f4="1^T^LN", f25="F")`."""
    numbers = {int(name[1:]): text for name, text in fields.items()}
    return "|".join((id, *(numbers.get(at, "") for at in range(1, max(numbers) + 1))))


def obx(code: str, value: str, **fields: str) -> str:
    """Return an OBX; `f8="HH"` sets a field by its number, `kind` is OBX-2."""
    usual = {"f1": "1", "f2": fields.pop("kind", "ST"), "f3": code, "f5": value, "f11": "F"}
    return segment("OBX", **(usual | fields))


def unmapped(result: Mapped) -> dict[str, str]:
    """Return the ledger: reason by place."""
    return {row.path: row.reason for row in result.unmapped}
