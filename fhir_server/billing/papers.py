"""Documents of a claim sent as papers, 275, and papers that arrive kept as documents."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping

from fhir_server.billing.envelope import envelope_of
from fhir_server.billing.sending import SEND
from fhir_server.model.codec import decode
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges, jobs
from fhir_server.store.exchanges import Facts, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.attachment_275 import FOR_CLAIM, FOR_REVIEW, Sending, attachment_275
from mappers.fhir_x12.attachment_paper import Content, Paper
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.system import ATTACHMENT_CONTROL
from mappers.path import read
from mappers.x12.writer import NotWritable, SetBody, write

KIND = "275"


def send_papers(
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    partner: Partner,
    work: UnitOfWork,
    runtime: Runtime,
) -> int | None:
    """Let the documents of a claim that have bytes leave as one 275; return its exchange.

    None where there are none, or the partner does not take papers. Raises Invalid.
    """
    found = list(papers_of(claim, resources, work))
    if not found or not partner.exchanges(KIND):
        return None
    control = control_numbers.next_interchange(work, partner)
    now = runtime.clock()
    name = partner.own.name or partner.own.id
    sending = Sending(f"{control:09d}", now, partner.own.id, name)
    guide = FOR_REVIEW if claim.get("use") == "preauthorization" else FOR_CLAIM
    try:
        tree = attachment_275(found, claim, resources, sending)
        data = write(guide, [SetBody("0001", tree)], envelope_of(partner, control, now))
    except NotMappable as error:
        issues = [
            Issue("error", "required", f"{one.path}: {one.message} ({one.place})", one.path)
            for one in error.problems
        ]
        raise Invalid("the documents cannot be sent", issues=issues) from None
    except NotWritable as error:
        raise Invalid(f"the documents cannot be said in X12: {error}") from None
    facts = Facts(
        partner.id,
        KIND,
        f"{control:09d}",
        partner.own.id,
        partner.other.id,
        partner.file_name(control, KIND, now),
    )
    kept = exchanges.keep(work, "x12", "out", data, facts, "ready")
    links = [Link("DocumentReference", str(one.document["id"])) for one in found]
    exchanges.link(work, kept.id, links)
    jobs.enqueue(work, SEND, {"exchange": str(kept.id)})
    return kept.id


def papers_of(
    claim: JsonObject, resources: Mapping[str, JsonObject], reader: Reader
) -> Iterator[Paper]:
    """Yield the documents a claim names that have bytes and a control number."""
    for one in read(claim, "supportingInfo.valueReference.reference"):
        name = literal(str(one))
        if not name.startswith("DocumentReference/"):
            continue
        document = resources.get(name) or stored(name, reader)
        if document is None or not read(document, f"identifier[system={ATTACHMENT_CONTROL}].value"):
            continue
        contents = tuple(_contents(document, resources, reader))
        if contents:
            yield Paper({"id": name.partition("/")[2], **document}, contents)


def stored(name: str, reader: Reader) -> JsonObject | None:
    """Return a stored resource by `Type/id`; None where it is not here."""
    kind, _, id = name.partition("/")
    version = reader.current(kind, id) if id else None
    return decode(version.body) if version is not None and not version.deleted else None


def _contents(
    document: JsonObject, resources: Mapping[str, JsonObject], reader: Reader
) -> Iterator[Content]:
    for one in read(document, "content.attachment"):
        if not isinstance(one, dict):
            continue
        kind = str(one.get("contentType") or "")
        data = one.get("data")
        name = literal(str(one.get("url") or ""))
        if data is None and name.startswith("Binary/"):
            held = resources.get(name) or stored(name, reader) or {}
            data = held.get("data")
        try:
            found = b64decode(str(data), validate=True) if data else b""
        except (Error, ValueError):
            found = b""
        if found:
            yield Content(found, kind)
