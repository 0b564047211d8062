"""Papers, 275, to documents: DocumentReference and Binary, the bytes as they came."""

import base64
from dataclasses import dataclass
from hashlib import sha1

from mappers.fhir_x12 import attachment_table as table
from mappers.fhir_x12.attachment_bytes import bytes_of
from mappers.fhir_x12.run import LoopRun
from mappers.path import JsonObject, JsonValue, text
from mappers.x12.tree import LoopNode

_HELD = frozenset({"form", "contentType"})


@dataclass(frozen=True, slots=True)
class Binary:
    """The bytes of one rendition and their media type."""

    data: bytes
    type: str


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """One paper: its DocumentReference without subject and content, and the bytes.

    `control` is the attachment control number or, with `is_asked`, the trace of the question;
    `claim_number` the number of the claim it is for, as we gave it.
    """

    document: JsonObject
    contents: tuple[Binary, ...]
    control: str
    is_asked: bool
    claim_number: str
    lost: tuple[str, ...]


def papers(root: LoopNode) -> tuple[ReadPaper, ...]:
    """Return the papers of a set, in their order."""
    patient: JsonObject = {"resourceType": "Patient"}
    loop = root.child("1000D")
    lost = LoopRun(table.PATIENT).read(list(loop.segments), patient) if loop else []
    number = text(patient.get("claimNumber") or "")
    return tuple(_paper(one, number, tuple(lost)) for one in root.each("2000A"))


def _paper(loop: LoopNode, number: str, before: tuple[str, ...]) -> ReadPaper:
    document: JsonObject = {"resourceType": "DocumentReference", "status": "current"}
    own = [one for one in loop.segments if one.id != "LX"]
    lost = LoopRun(table.PAPER).read(own, document)
    contents = []
    for one in loop.each("2110A"):
        subject: JsonObject = {}
        told = [part for part in one.segments if part.id in {"CAT", "EFI"}]
        lost += LoopRun(table.CONTENT).read(told, subject)
        document |= {name: part for name, part in subject.items() if name not in _HELD}
        contents += [
            Binary(data, text(subject.get("contentType") or "") or kind)
            for data, kind in bytes_of(one)
        ]
    trace = loop.first("TRN")
    is_asked = trace is not None and trace.element(1) == "2"
    control = trace.element(2) if trace else ""
    return ReadPaper(document, tuple(contents), control, is_asked, number, (*before, *lost))


def documented(paper: ReadPaper, subject: JsonValue, ids: tuple[str, ...]) -> JsonObject:
    """Return the DocumentReference of a paper; its bytes are the Binaries of these ids."""
    listed: list[JsonValue] = [
        {
            "attachment": {
                "contentType": one.type,
                "url": f"Binary/{id}",
                "size": len(one.data),
                "hash": base64.b64encode(sha1(one.data, usedforsecurity=False).digest()).decode(),
            }
        }
        for one, id in zip(paper.contents, ids, strict=True)
    ]
    made: JsonObject = {**paper.document, "subject": subject}
    if isinstance(made.get("date"), str):
        made["date"] = f"{made['date']}T00:00:00Z"
    return {**made, "content": listed or [{"attachment": {"title": paper.control}}]}


def binary(one: Binary, id: str) -> JsonObject:
    """Return the Binary of the bytes of a paper."""
    return {
        "resourceType": "Binary",
        "id": id,
        "contentType": one.type,
        "data": base64.b64encode(one.data).decode(),
    }
