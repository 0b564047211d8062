"""Answers that do not come: TA1, 999 and 277CA, each in the hours agreed with the partner.

A file without the answer becomes work for a person; when the answer comes after all, or the claims
in the file are decided, that work is done. An answer says all that an earlier one would have said:
of a file with a 999 no TA1 is missed, of one whose claims have their status no 999.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from fhir_server.billing.gathering import read_claims
from fhir_server.billing.state import state_of
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask, complete
from fhir_server.model.partner import Expected, Partner
from fhir_server.runtime import Runtime
from fhir_server.store import awaited, exchanges, partners
from fhir_server.store.awaited import Waiting
from fhir_server.store.exchanges import Link
from fhir_server.store.unit_of_work import UnitOfWork

MOST_FILES = 200
"""Files of one partner looked at for one kind of answer in one round."""
UNANSWERED = frozenset({"ready", "sent", "received"})
"""The states of a claim of which its receiver has said nothing yet."""
WORK = "follow-up-file"
CLAIMS = "837"
QUIET = frozenset({"999", "TA1", "277"})
"""Kinds of files that are answers, and have none."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """One kind of answer: in which states of a file it is still awaited, and for what."""

    kind: str
    states: tuple[str, ...]
    is_for_claims: bool = False

    def hours(self, expected: Expected) -> int:
        """Return within how many hours it is expected; 0: it is not."""
        return {
            "TA1": expected.ta1,
            "999": expected.acknowledgment,
            "277CA": expected.claim_status,
        }[self.kind]


AWAITED = (
    Awaited("TA1", ("sent",)),
    Awaited("999", ("sent",)),
    Awaited("277CA", ("sent", "acknowledged"), is_for_claims=True),
)


def follow_up(work: UnitOfWork, runtime: Runtime) -> int:
    """Leave a Task for each file that lacks an answer; return how many files do."""
    now = runtime.clock()
    return sum(
        _follow_up(one, row, partner, work)
        for partner in partners.all_partners(work)
        for row in AWAITED
        for one in _late(row, partner, now, work)
    )


def _late(row: Awaited, partner: Partner, now: datetime, work: UnitOfWork) -> Iterator[Waiting]:
    hours = row.hours(partner.expected)
    if not hours:
        return
    before = now - timedelta(hours=hours)
    for one in awaited.waiting(work, partner.id, row.states, before, MOST_FILES):
        is_asked = one.kind == CLAIMS if row.is_for_claims else one.kind not in QUIET
        if is_asked and row.kind not in one.answered:
            yield one


def _follow_up(one: Waiting, row: Awaited, partner: Partner, work: UnitOfWork) -> bool:
    """Leave a Task for a file that lacks an answer, if its claims still wait for that."""
    links = exchanges.links_of(work, one.id)
    claims = [each.id for each in links if each.type == "Claim"]
    still = [each for each in read_claims(claims, work).values() if state_of(each) in UNANSWERED]
    if claims and not still:
        _settle(one, links, work)
        return False
    if not links:
        return False
    subject = Subject(
        f"{links[0].type}/{links[0].id}",
        part=_part(one.id, row.kind),
        reason=f"file {one.name} to {partner.id} has no {row.kind} after"
        f" {row.hours(partner.expected)} hours; claims in it: {len(still)}",
    )
    ask(WORK, subject, work)
    return True


def _settle(one: Waiting, links: list[Link], work: UnitOfWork) -> None:
    """Close a file all claims of which were answered."""
    for row in AWAITED:
        done(one.id, links, row.kind, work)
    if one.kind == CLAIMS:
        exchanges.set_state(work, one.id, "answered")


def done(id: int, links: list[Link], kind: str, work: UnitOfWork) -> None:
    """Complete the work about a file that lacked an answer which has come now."""
    if links:
        focus = f"{links[0].type}/{links[0].id}"
        complete(WORK, focus, _part(id, kind), f"the {kind} has come", work)


def _part(id: int, kind: str) -> str:
    return f"{id}/{kind}"
