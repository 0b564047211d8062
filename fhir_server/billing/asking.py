"""Questions to a payer, of eligibility (270) and of claim status (276): which partner, which way.

A partner that converses is asked at once. Any other is sent a file by the worker, and its answer
arrives as a file; until then the answer is `queued`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from fhir_server.billing.conversation import Conversation
from fhir_server.billing.emission import payer_id
from fhir_server.billing.envelope import envelope_of
from fhir_server.billing.gathering import gather
from fhir_server.billing.inquiry import Inquiry
from fhir_server.billing.realtime import ask
from fhir_server.billing.sending import SEND
from fhir_server.billing.submission import NO_PARTNER
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import Invalid
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges, jobs, partners
from fhir_server.store.exchanges import Exchange, Facts
from fhir_server.store.unit_of_work import UnitOfWork

LONGEST_TRACE = 50
COMPANY = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a question refers to, by `Type/id`, and the partner that reaches the payer."""

    resources: Mapping[str, JsonObject]
    partner: Partner


def surroundings(like_a_claim: JsonObject, context: Context, runtime: Runtime) -> Surroundings:
    """Read what a question refers to, by the paths of a claim. Raises Invalid without a partner."""
    with runtime.store.read(context) as reader:
        resources = gather(like_a_claim, reader)
        partner = partners.of_payer(reader, payer_id(like_a_claim, resources))
    if partner is None:
        raise Invalid("the question cannot be asked", issues=[NO_PARTNER])
    return Surroundings(resources, partner)


def trace_of(id: str) -> str:
    """Return the trace number (TRN02) of a question: the id of its resource. Raises Invalid."""
    if len(id) > LONGEST_TRACE:
        raise Invalid(f"the id is longer than TRN02 takes, {LONGEST_TRACE} characters")
    return id


def company(partner: Partner) -> str:
    """Return who traces (TRN03): 9, then our id with the partner, ten characters in all."""
    return f"9{partner.own.id}"[:COMPANY].ljust(COMPANY, "0")


def converse(
    inquiry: Inquiry, partner: Partner, context: Context, runtime: Runtime
) -> Conversation:
    """Ask at once. Raises as `realtime.ask` does, and Invalid."""
    written = partial(inquiry.written, runtime.clock())
    return ask(partner, inquiry.guide.kind, written, context, runtime, links=inquiry.links)


def send_in_file(
    inquiry: Inquiry, partner: Partner, work: UnitOfWork, runtime: Runtime
) -> Exchange:
    """Keep a question that leaves as a file, and leave the job that sends it."""
    kind = inquiry.guide.kind
    if not partner.exchanges(kind):
        raise Invalid(f"{kind} is not among the kinds exchanged with partner {partner.id}")
    control = control_numbers.next_interchange(work, partner)
    now = runtime.clock()
    data = inquiry.written(now, envelope_of(partner, control, now))
    number = f"{control:09d}"
    facts = Facts(
        partner=partner.id,
        kind=kind,
        control=number,
        sender=partner.own.id,
        receiver=partner.other.id,
        name=f"{partner.id}-{number}.{kind}",
    )
    kept = exchanges.keep(work, "x12", "out", data, facts, "ready")
    exchanges.link(work, kept.id, inquiry.links)
    jobs.enqueue(work, SEND, {"exchange": str(kept.id)})
    return kept
