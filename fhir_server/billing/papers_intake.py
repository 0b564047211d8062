"""Papers that arrive as 275: documents of the claim they are for."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.papers import stored
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.attachment_reading import ReadPaper, binary, documented, papers
from mappers.path import read
from mappers.x12.envelope import Interchange, TransactionSet

MOST_NAMESAKES = 50


def take_papers(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Keep the papers of a 275 as documents of the claim they are for.

    A paper whose claim is not known here is set aside, so that a person sees it.
    """
    if one is None:
        return Effect()
    links: list[Link] = []
    notes: list[str] = []
    unsaid: list[str] = []
    for number, paper in enumerate(papers(one.root), 1):
        claim = _claim_of(paper, work, runtime)
        if claim is None:
            notes.append(f"paper {number} of the 275 belongs to no claim that is here")
            continue
        place = f"{received.header.sender}/{received.header.control}/{one.header.control}/{number}"
        links += _keep(paper, claim, place, work, runtime)
        unsaid += [f"{one} has no element in FHIR" for one in paper.lost]
    return Effect(tuple(links), (*notes, *unsaid), is_aside=bool(notes))


def _claim_of(paper: ReadPaper, reader: Reader, runtime: Runtime) -> JsonObject | None:
    """Return the claim a paper is for: by its control number, else by the claim's own number."""
    known = _found("DocumentReference", paper.control, reader, runtime)
    related = {
        str(name)
        for one in known
        for name in read(one, "context.related.reference")
        if str(name).startswith("Claim/")
    }
    claims = [claim for name in related if (claim := stored(name, reader)) is not None]
    if len(claims) != 1:
        claims = _found("Claim", paper.claim_number, reader, runtime)
    patients = {str(one.get("patient")) for one in claims}
    return claims[-1] if len(patients) == 1 else None


def _found(type: str, number: str, reader: Reader, runtime: Runtime) -> list[JsonObject]:
    if not number:
        return []
    escaped = "".join(f"\\{one}" if one in "\\,|$" else one for one in number)
    criteria = Criteria.of(type, (("identifier", escaped),), runtime)
    return [decode(one.body) for one in matches(criteria, reader, limit=MOST_NAMESAKES)]


def _keep(
    paper: ReadPaper, claim: JsonObject, place: str, work: UnitOfWork, runtime: Runtime
) -> Iterator[Link]:
    """Store a paper; the same paper again is the same document."""
    name = str(uuid5(NAMESPACE_URL, f"275/{place}"))
    ids = tuple(f"{name}-{at}" for at, _ in enumerate(paper.contents, 1))
    subject = claim["patient"]
    is_local = isinstance(subject, dict) and str(subject.get("reference", "")).startswith("#")
    document = documented(
        paper, {"display": "the patient of the claim"} if is_local else subject, ids
    )
    document["id"] = name
    context = document.get("context")
    kept = dict(context) if isinstance(context, dict) else {}
    document["context"] = {**kept, "related": [{"reference": f"Claim/{claim['id']}"}]}
    for one, id in zip(paper.contents, ids, strict=True):
        security: JsonObject = {"reference": f"DocumentReference/{name}"}
        save({**binary(one, id), "securityContext": security}, work, runtime)
        yield Link("Binary", id)
    save(document, work, runtime)
    yield Link("DocumentReference", name)
    yield Link("Claim", str(claim["id"]))
