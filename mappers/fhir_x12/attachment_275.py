"""Documents to papers for a claim or a review, 275 (X210, X211), byte for byte.

Pure: a DocumentReference with its bytes and the claim it belongs to become the transaction set.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mappers.fhir_x12 import attachment_table as table
from mappers.fhir_x12.attachment_paper import Paper
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.review_party import review_parties
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap, Notes
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.grammar import Guide
from mappers.x12.sets import ATTACHMENT_275
from mappers.x12.tree import Node, Seg, node, seg

UNASKED = "02"


ASKED = "11"


FOR_CLAIM = ATTACHMENT_275


FOR_REVIEW: Guide = replace(ATTACHMENT_275, versions=tuple(reversed(ATTACHMENT_275.versions)))
"""The same guide, written under its version for reviews: 005010X211."""


Fill = Callable[[LoopMap, JsonObject], list[Seg]]
"""What writes a loop: table and subject to segments."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The facts of BGN and 1000B: our number of the papers, when they leave, who we are."""

    reference: str
    written: datetime
    submitter_id: str
    submitter_name: str


_RUNS = {
    one.id: LoopRun(one)
    for one in (
        table.PAYER,
        table.SUBMITTER,
        table.PROVIDER,
        table.PATIENT,
        table.PAPER,
        table.CONTENT,
    )
}


def attachment_275(
    papers: Sequence[Paper],
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    sending: Sending,
) -> Node:
    """Return the transaction set of papers for one claim, for the writer. Raises NotMappable."""
    people = review_parties(claim, resources)
    problems: list[Problem] = []

    def loop(map: LoopMap, subject: JsonObject) -> list[Seg]:
        notes = Notes(map.id, map.subject, [])
        segments = _RUNS[map.id].write(subject, notes)
        problems.extend(notes.problems)
        return segments

    submitter: JsonObject = {"name": sending.submitter_name, "id": sending.submitter_id}
    patient = {
        **people.patient,
        "memberId": people.subscriber.get("memberId"),
        "claimNumber": next(iter(read(claim, "identifier.value")), None),
        "authorization": next(iter(read(claim, "insurance.preAuthRef")), None),
        "served": _served(claim),
    }
    purpose = ASKED if any(_is_asked(one.document) for one in papers) else UNASKED
    header = seg(
        "BGN",
        purpose,
        sending.reference,
        f"{sending.written:%Y%m%d}",
        f"{sending.written:%H%M}",
    )
    loops = [
        node("1000A", loop(table.PAYER, people.umo)),
        node("1000B", loop(table.SUBMITTER, submitter)),
        node("1000C", loop(table.PROVIDER, people.requester)),
        node("1000D", loop(table.PATIENT, patient)),
    ]
    for at, one in enumerate(papers, 1):
        own = [seg("LX", at), *loop(table.PAPER, one.document)]
        loops.append(node("2000A", own, list(_contents(one, loop))))
    if problems:
        raise NotMappable(problems)
    return node("275", [header], loops)


def _contents(paper: Paper, loop: Fill) -> Iterator[Node]:
    for one in paper.contents:
        subject: JsonObject = {**paper.document, "form": one.form}
        if one.type:
            subject["contentType"] = one.type
        bytes_ = seg("BIN", len(one.data), one.data.decode("latin-1"))
        yield node("2110A", [*loop(table.CONTENT, subject), bytes_])


def _is_asked(document: JsonObject) -> bool:
    return bool(read(document, f"identifier[system={table.ASKED}].value"))


def _served(claim: JsonObject) -> JsonValue:
    """Return the period of the services, where the claim tells it."""
    period = claim.get("billablePeriod")
    if isinstance(period, dict) and period.get("start"):
        return period
    days = sorted(
        text(one)[:10]
        for path in ("item.servicedDate", "item.servicedPeriod.start")
        for one in read(claim, path)
    )
    return {"start": days[0]} if days else None
