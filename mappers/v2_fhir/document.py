"""Documents in OBX-5 (ED and RP): put together from their parts, checked, described.

A sender splits a document over repetitions of OBX-5 or over several OBX; a PDF is whole at its
end mark. What a document is, its first bytes say: a claim they belie is not repeated. The bytes
are a Binary whose id is their hash, so that a later version of a report never overwrites an
earlier document; the DocumentReference keeps its id and has the versions
(https://hl7.org/fhir/R4/documentreference.html).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.datatypes import filled
from mappers.v2_fhir.identity import code_key, stable_id
from mappers.v2_fhir.ledger import Unmapped, occurrences
from mappers.v2_fhir.order import Noted
from mappers.v2_fhir.segments.obx import ATTACHMENT, DOCUMENT
from mappers.v2_fhir.source import Node, SegmentText
from mappers.v2_fhir.work import Work

MEDIA: Mapping[str, str] = {
    "pdf": "application/pdf",
    "html": "text/html",
    "rtf": "application/rtf",
    "xml": "text/xml",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "plain": "text/plain",
    "dicom": "application/dicom",
}
"""Content types by the names of tables 0191 and 0291 that say one."""
MAGIC = (
    (b"%PDF", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"{\\rtf", "application/rtf"),
)
CHECKED = frozenset(media for _, media in MAGIC)
UNKNOWN = "application/octet-stream"
END_OF_PDF = "%%EOF"
END_MARKS: Mapping[str, tuple[str, ...]] = {
    "base64": ("JSVFT0", "UlRU9G", "lJUVPR"),
    "hex": ("2525454f46", "2525454F46"),
}
"""The end mark of a PDF as it looks encoded, in base64 at each of three places in a group."""
TAIL, HEAD = 4096, 256
"""How many characters before its end a PDF has its end mark; how many show what it is."""


@dataclass(slots=True)
class Document:
    """One document: the OBX it began in, the types claimed, its parts as sent."""

    noted: Noted
    names: tuple[str, ...]
    encoding: str
    parts: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def segment(self) -> SegmentText:
        """The OBX it began in."""
        return self.noted.segment

    def content(self) -> bytes | None:
        """Return the bytes, None where they do not have the encoding they claim."""
        whole = decoded(self.encoding, "".join(self.parts))
        if whole is not None or len(self.parts) < 2:
            return whole
        each = [decoded(self.encoding, part) for part in self.parts]
        return None if None in each else b"".join(one for one in each if one)

    def is_open(self) -> bool:
        """Say whether it is a PDF whose end mark has not come yet."""
        if not _head(self.encoding, self.parts[0]).startswith(b"%PDF"):
            return False
        tail = "".join("".join(self.parts[-3:])[-TAIL:].split())
        return not any(mark in tail for mark in END_MARKS.get(self.encoding, (END_OF_PDF,)))


def _head(encoding: str, data: str) -> bytes:
    """Return the first bytes of an ED."""
    return decoded(encoding, "".join(data[:HEAD].split())[:64]) or b""


def decoded(encoding: str, data: str) -> bytes | None:
    """Return the bytes of an ED, None where they do not have the encoding they claim."""
    try:
        if encoding == "base64":
            return base64.b64decode("".join(data.split()), validate=True) or None
        if encoding == "hex":
            return bytes.fromhex("".join(data.split())) or None
    except (binascii.Error, ValueError):
        return None
    return data.encode() or None


def content_type(raw: bytes, names: Sequence[str]) -> tuple[str, bool]:
    """Return what the bytes are, and whether they are what the names claim."""
    named = next((MEDIA[name] for name in names if name in MEDIA), UNKNOWN)
    found = next((media for magic, media in MAGIC if raw.startswith(magic)), "")
    if not found and named in CHECKED:
        return UNKNOWN, False
    return found or named, not found or named in {found, UNKNOWN}


def gather(work: Work, results: Sequence[Noted]) -> list[Document]:
    """Return the documents of the OBX segments given, each put together from its parts."""
    documents: list[Document] = []
    for noted in results:
        source = work.source(noted.segment)
        nodes = source.nodes("OBX-5")
        if source.value("OBX-2") == "RP":
            documents += [_pointer(noted, node) for node in nodes]
            continue
        for at, node in enumerate(nodes):
            part = _part(noted, node)
            last = documents[-1] if documents else None
            if last is not None and _continues(work, last, part, is_repetition=at > 0):
                last.parts += part.parts
                _account(work, noted.segment)
            else:
                documents.append(part)
    return documents


def _part(noted: Noted, node: Node) -> Document:
    kind, subtype, encoding = (node.text(at).lower() for at in range(2, 5))
    names = (subtype.rsplit("/", 1)[-1], kind)
    text = node.text(5)
    if not any((kind, subtype, encoding, text)):
        encoding, text = "base64", node.text(1)
    return Document(noted, names, encoding, [text])


def _pointer(noted: Noted, node: Node) -> Document:
    kind, subtype = node.text(3).lower(), node.text(4).lower()
    node.text(2)
    return Document(noted, (subtype.rsplit("/", 1)[-1], kind), "", url=node.text(1))


def _continues(work: Work, last: Document, part: Document, *, is_repetition: bool) -> bool:
    """Say whether a part belongs to the document before it and does not begin one of its own."""
    if last.url or (part.encoding and part.encoding != last.encoding):
        return False
    head = _head(last.encoding, part.parts[0])
    if any(head.startswith(magic) for magic, _ in MAGIC):
        return False
    if is_repetition:
        return True
    same = work.source(last.segment).value("OBX-3") == work.source(part.segment).value("OBX-3")
    return same and last.is_open()


def _account(work: Work, segment: SegmentText) -> None:
    """Count a segment that only continues a document as read: its first one tells the same."""
    work.source(segment).account(
        ("OBX-1", "OBX-2", "OBX-3", "OBX-4", "OBX-11", "OBX-14", "OBX-16", "OBX-23")
    )


def add_documents(
    work: Work, results: Sequence[Noted], report: JsonObject, shared: JsonObject
) -> list[JsonValue]:
    """Add Binary and DocumentReference of each document; return the attachments."""
    forms: list[JsonValue] = []
    seen: dict[str, int] = {}
    for document in gather(work, results):
        attachment = attachment_of(work, document, shared["subject"])
        if attachment is None:
            continue
        forms.append(attachment)
        reference = _reference(work, document, attachment, report, shared)
        name = code_key({"code": reference.get("type")})
        seen[name] = seen.get(name, 0) + 1
        key = (str(report["id"]), name, str(seen[name]))
        reference["id"] = stable_id(work.feed.name, "DocumentReference", *key)
        url = f"DocumentReference/{reference['id']}"
        work.add(Entry(reference, f"urn:uuid:{reference['id']}", url, "replace"))
    return forms


def attachment_of(work: Work, document: Document, subject: JsonValue) -> JsonObject | None:
    """Return the Attachment of a document, its bytes added as a Binary; None where it has none."""
    described = work.run(ATTACHMENT, work.source(document.segment))
    if document.url:
        if any(one.isspace() for one in document.url):
            _refuse(work, document)
            return None
        named = next((MEDIA[name] for name in document.names if name in MEDIA), "")
        return filled(contentType=named, url=document.url) | described
    raw = document.content()
    if raw is None:
        _refuse(work, document)
        return None
    found, is_so = content_type(raw, document.names)
    if not is_so:
        _refuse(work, document)
    url = add_binary(work, raw, found, subject)
    digest = base64.b64encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()
    return filled(contentType=found, url=url, size=len(raw), hash=digest) | described


def add_binary(work: Work, raw: bytes, media: str, subject: JsonValue) -> str:
    """Add the bytes as a Binary with the id of their hash and patient; return the reference."""
    owner = str(subject["reference"]) if isinstance(subject, dict) else ""
    id = stable_id(work.feed.name, "Binary", owner, hashlib.sha256(raw).hexdigest(), media)
    binary: JsonObject = {
        "resourceType": "Binary",
        "id": id,
        "contentType": media,
        "securityContext": subject,
        "data": base64.b64encode(raw).decode(),
    }
    work.add(Entry(binary, f"urn:uuid:{id}", f"Binary/{id}", "replace"))
    return f"Binary/{id}"


def _refuse(work: Work, document: Document) -> None:
    place = occurrences(work.segments)[document.segment.ordinal]
    work.refused.append(Unmapped(f"{place}-5", "not-understood"))


def _reference(
    work: Work,
    document: Document,
    attachment: JsonObject,
    report: JsonObject,
    shared: JsonObject,
) -> JsonObject:
    """Return the DocumentReference of a document of a report."""
    source = work.source(document.segment)
    reference: JsonObject = {"resourceType": "DocumentReference", "status": "current"}
    work.run(DOCUMENT, source, reference)
    if reference.get("docStatus") == "entered-in-error":
        reference["status"] = "entered-in-error"
    related: list[JsonValue] = [{"reference": f"DiagnosticReport/{report['id']}"}]
    if "basedOn" in report and isinstance(report["basedOn"], list):
        related += report["basedOn"]
    context: JsonObject = {"related": related}
    if "encounter" in shared:
        context["encounter"] = [shared["encounter"]]
    if "issued" in report:
        reference["date"] = report["issued"]
    reference |= {
        "subject": shared["subject"],
        "content": [{"attachment": attachment}],
        "context": context,
    }
    return reference
