"""MDM^T01 to T11: documents.

A document is known by TXA-12 (else TXA-16). Events with an even number, and T11 where it sends
them, carry the content in OBX; the others only say that something happened to it: they leave the
content alone. T10 replaces the document of TXA-13 and T06 adds to it (relatesTo), T08 changes it,
T04 changes its status, T11 cancels it: the document stays, as entered in error
(HL7 v2.5.1 chapter 9, 9.6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.document import add_binary, attachment_of, gather
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, identifier_query, stable_id
from mappers.v2_fhir.observation import map_observation, notes_of
from mappers.v2_fhir.order import Noted, PatientGroup, group_results
from mappers.v2_fhir.oru_r01 import add_subject
from mappers.v2_fhir.segments.obx import DOCUMENTS
from mappers.v2_fhir.segments.txa import DOCUMENT_REFERENCE, PARENT_DOCUMENT
from mappers.v2_fhir.service_request import (
    add_request,
    is_numbered,
    listed,
    service_request,
)
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message

Relation = Literal["", "appends", "replaces"]


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    """What an event does: how the document relates to TXA-13, and the states it gives it."""

    relation: Relation = ""
    status: str = ""
    doc_status: str = ""


EVENTS: Mapping[str, DocumentEvent] = {
    **{event: DocumentEvent() for event in ("T01", "T02", "T03", "T04", "T07", "T08")},
    **{event: DocumentEvent("appends") for event in ("T05", "T06")},
    **{event: DocumentEvent("replaces") for event in ("T09", "T10")},
    "T11": DocumentEvent("", "entered-in-error", "entered-in-error"),
}
PLAIN = "text/plain"
STAYS = ("entered-in-error", "superseded")
UNKNOWN_CONTENT: JsonObject = {
    "attachment": {"title": "The content was not sent", "contentType": PLAIN}
}


def map_mdm_t02(message: MessageText, feed: Feed) -> Mapped:
    """Map a document event; raises MapError where the patient or the document is not named."""
    work, identifier, time = open_message(message, feed)
    event = EVENTS[work.source(message.segments[0]).value("MSH-9.2")]
    key: Key | None = None
    for segments in _documents(message.segments):
        key = _map_document(work, segments, event)
    if key is None:
        raise MapError("TXA", "the message names no document")
    return work.finish(identifier, time, key)


def _documents(segments: Sequence[SegmentText]) -> list[list[SegmentText]]:
    """Return the segments of each TXA: those before the first, itself, and what follows it."""
    starts = [at for at, one in enumerate(segments) if one.id == "TXA"]
    if not starts:
        return []
    ends = [*starts[1:], len(segments)]
    head = list(segments[: starts[0]])
    return [[*head, *segments[a:b]] for a, b in zip(starts, ends, strict=True)]


def _map_document(work: Work, segments: list[SegmentText], event: DocumentEvent) -> Key:
    at = next(at for at, one in enumerate(segments) if one.id == "TXA")
    group = group_results(segments[:at])[0]
    content = group_results([segments[0], *segments[at + 1 :]])[0].results
    key, shared = add_subject(work, group)
    source = work.source(segments[at])
    document: JsonObject = {"resourceType": "DocumentReference"}
    work.run(DOCUMENT_REFERENCE, source, document)
    number = _number(document)
    if number is None:
        raise MapError("TXA-12", "the document has no number; send one in TXA-12")
    document["subject"] = shared["subject"]
    _add_context(work, group, document, shared)
    _add_relation(work, source, document, event)
    parts = _contents(work, content, document)
    url = f"urn:uuid:{stable_id(work.feed.name, 'DocumentReference', *number)}"
    defaults = _states(document, event)
    if not parts:
        defaults = (*defaults, "content")
    document["content"] = parts or [dict(UNKNOWN_CONTENT)]
    work.add(
        Entry(
            document,
            url,
            "DocumentReference",
            "merge",
            identifier_query(number),
            defaults=defaults,
            stays=() if event.status else STAYS,
        )
    )
    return key


def _number(document: JsonObject) -> Key | None:
    """Return the number a document is known by; it is an identifier too, to be searched by."""
    for identifier in (document.get("masterIdentifier"), *listed(document.get("identifier"))):
        if isinstance(identifier, dict) and identifier.get("value"):
            known = listed(document.setdefault("identifier", []))
            if identifier not in known:
                document["identifier"] = [identifier, *known]
            return str(identifier["system"]), str(identifier["value"])
    return None


def _states(document: JsonObject, event: DocumentEvent) -> tuple[str, ...]:
    """Fill the states; return those that hold only for a new document."""
    defaults = []
    if event.status:
        document["status"], document["docStatus"] = event.status, event.doc_status
    if "status" not in document:
        document["status"] = "current"
        defaults.append("status")
    return tuple(defaults)


def _add_context(work: Work, group: PatientGroup, document: JsonObject, shared: JsonObject) -> None:
    """Link the document with its visit and the orders it is about."""
    context = document.setdefault("context", {})
    if not isinstance(context, dict):
        return
    if "encounter" in shared:
        context["encounter"] = [shared["encounter"]]
    related = listed(context.get("related"))
    for order in group.orders:
        if is_numbered(work, order):
            url = add_request(work, service_request(work, order, shared), "create")
            related.insert(0, {"reference": url})
    if related:
        context["related"] = related
    if not context:
        del document["context"]


def _add_relation(
    work: Work, source: SegmentSource, document: JsonObject, event: DocumentEvent
) -> None:
    """Say which document this one replaces or adds to, and supersede the one replaced."""
    parent = work.run(PARENT_DOCUMENT, source).get("identifier")
    if not isinstance(parent, dict):
        return
    relation = event.relation or "appends"
    target: JsonObject = {"type": "DocumentReference", "identifier": parent}
    document["relatesTo"] = [{"code": relation, "target": target}]
    if event.relation == "replaces":
        _supersede(work, parent, document)


def _supersede(work: Work, parent: JsonObject, document: JsonObject) -> None:
    """Take the replaced document out of use; where it never came, it is made known as that."""
    number = (str(parent["system"]), str(parent["value"]))
    url = f"urn:uuid:{stable_id(work.feed.name, 'DocumentReference', *number)}"
    old: JsonObject = {
        "resourceType": "DocumentReference",
        "masterIdentifier": parent,
        "identifier": [parent],
        "status": "superseded",
        "subject": document["subject"],
        "content": [dict(UNKNOWN_CONTENT)],
    }
    defaults = ("content", "subject", "masterIdentifier")
    stays = ("entered-in-error",)
    entry = Entry(
        old,
        url,
        "DocumentReference",
        "merge",
        identifier_query(number),
        defaults=defaults,
        stays=stays,
    )
    work.add(entry)
    for one in listed(document.get("relatesTo")):
        if isinstance(one, dict):
            one["target"] = {"reference": url}


def _contents(work: Work, results: Sequence[Noted], document: JsonObject) -> list[JsonValue]:
    """Return the contents of a document: files as they are, texts as one plain text."""
    subject = document["subject"]
    files = [one for one in results if work.source(one.segment).value("OBX-2") in DOCUMENTS]
    found: list[JsonValue] = [
        {"attachment": attachment}
        for one in gather(work, files)
        if (attachment := attachment_of(work, one, subject)) is not None
    ]
    text = "\n".join(line for one in results if one not in files for line in _lines(work, one))
    if text:
        raw = text.encode()
        url = add_binary(work, raw, PLAIN, subject)
        found.insert(0, {"attachment": {"contentType": PLAIN, "url": url, "size": len(raw)}})
    return found


def _lines(work: Work, noted: Noted) -> list[str]:
    """Return an OBX of text as lines, with its notes."""
    observation = map_observation(work, noted.segment, [])
    values = [value for name, value in observation.items() if name.startswith("value")]
    words = [str(one) for value in values for one in _words(value)]
    notes = [str(text) for one in notes_of(work, noted.notes) for text in read(one, "text")]
    return [*words, *notes]


def _words(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return read(value, "text") or read(value, "coding.display") or read(value, "value")
    return [value]
