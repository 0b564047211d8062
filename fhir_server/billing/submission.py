"""`Claim/$submit`: scrub, gather, map, write, judge; then keep the bytes and leave a job.

The interchange with its control number, the claim's move to ready and the job are one commit: a
claim is ready if and only if its interchange is kept and will be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_server.billing.collecting import wait_for_batch
from fhir_server.billing.completing import completed
from fhir_server.billing.emission import emit, issues_of, payer_id, unaddressed
from fhir_server.billing.finding_issue import finding_issues
from fhir_server.billing.gathering import gather, read_claim
from fhir_server.billing.papers import send_papers
from fhir_server.billing.replacing import replacing_issues
from fhir_server.billing.sending import SEND
from fhir_server.billing.state import moved
from fhir_server.billing.worklist import settle
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.codec import decode
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Gone, Invalid, Issue, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges, jobs, partners
from fhir_server.store.exchanges import Facts, Link
from fhir_server.store.reader import Reader
from fhir_server.store.terms import terms_of
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from mappers.fhir_x12.claim_kind import kind_of
from mappers.x12.check import check

SHOWN_CONTROL = 1
"""The control number of an interchange that is only shown."""

MENDED = ("correct-claim", "undelivered-file")
"""What was asked of a person is done when the claim is submitted again."""

NO_PARTNER = Issue(
    "error",
    "invalid",
    "no trading partner is configured for the payer of the coverage",
    "Coverage.payor",
    "no-partner",
)


NO_CLAIM = Issue(
    "error",
    "business-rule",
    "the claim asks for a prior authorization: send its Bundle to Claim/$submit",
    "Claim.use",
    "preauthorization",
)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A claim made ready: its new version and the exchange that carries it, unless it waits."""

    claim: Version
    exchange: int | None


def submit(id: str, context: Context, runtime: Runtime) -> Submitted:
    """Make a claim ready to leave.

    Raises NotFound, Gone; Conflict in a state from which it cannot be submitted; Invalid with all
    issues when something is wrong or missing, or no partner reaches the payer.
    """
    return runtime.store.transact(context, lambda work: _submit(id, work, runtime))


def _submit(id: str, work: UnitOfWork, runtime: Runtime) -> Submitted:
    current = work.lock("Claim", id)
    if current is None:
        raise NotFound(f"Claim/{id} is not known")
    if current.deleted:
        raise Gone(f"Claim/{id} was deleted")
    claim = decode(current.body)
    if claim.get("use") == "preauthorization":
        raise Invalid("the claim cannot be submitted", issues=[NO_CLAIM])
    moved(claim, "submit")
    resources = gather(claim, work)
    claim = completed(claim, resources, work, runtime).claim
    after = moved(claim, "submit")
    now = runtime.clock()
    payer = payer_id(claim, resources)
    partner = partners.of_payer(work, payer)
    if partner is None:
        emit(claim, resources, unaddressed(payer), SHOWN_CONTROL, now)
        raise Invalid("the claim cannot be submitted", issues=[NO_PARTNER])
    early = list(replacing_issues(claim, work))
    if early:
        raise Invalid("the claim cannot be submitted", issues=early)
    kind = kind_of(claim).guide
    if not partner.exchanges(kind):
        told = f"{kind} is not among the kinds exchanged with partner {partner.id}"
        raise Invalid("the claim cannot be submitted", issues=[Issue("error", "invalid", told)])
    if partner.batch.minutes:
        return _let_wait(current, after, resources, partner, work, runtime)
    control = control_numbers.next_interchange(work, partner)
    data = emit(claim, resources, partner, control, now)
    facts = Facts(
        partner=partner.id,
        kind="837",
        control=f"{control:09d}",
        sender=partner.own.id,
        receiver=partner.other.id,
        name=partner.file_name(control, "837", now),
    )
    exchange = exchanges.keep(work, "x12", "out", data, facts, "ready")
    exchanges.link(work, exchange.id, [Link("Claim", id, "0001")])
    jobs.enqueue(work, SEND, {"exchange": str(exchange.id)})
    send_papers(claim, resources, partner, work, runtime)
    written = work.update(current, after)
    settle(f"Claim/{id}", MENDED, "submitted again", work, runtime)
    record_moves(work, exchange)
    return Submitted(written, exchange.id)


def _let_wait(
    current: Stored,
    after: JsonObject,
    resources: Mapping[str, JsonObject],
    partner: Partner,
    work: UnitOfWork,
    runtime: Runtime,
) -> Submitted:
    """Make a claim ready for the next batch of its partner. Raises Invalid with all issues."""
    emit(after, resources, partner, SHOWN_CONTROL, runtime.clock())
    send_papers(after, resources, partner, work, runtime)
    written = work.update(current, after)
    wait_for_batch(current.id, partner, work, runtime)
    settle(f"Claim/{current.id}", MENDED, "submitted again", work, runtime)
    record_moves(work, reason="waits for the batch of its partner")
    return Submitted(written, None)


def shown(id: str, reader: Reader, runtime: Runtime) -> bytes:
    """Return the interchange of a claim: as it left, or as it would leave. Nothing is changed.

    One that has not left shows the control number 1. Raises NotFound, Gone, Invalid.
    """
    claim = read_claim(id, reader)
    left = [one for one in exchanges.of_resource(reader, "Claim", id) if one.direction == "out"]
    if left:
        return left[-1].body
    resources = gather(claim, reader)
    claim = completed(claim, resources, reader, runtime).claim
    payer = payer_id(claim, resources)
    partner = partners.of_payer(reader, payer) or unaddressed(payer)
    return emit(claim, resources, partner, SHOWN_CONTROL, runtime.clock())


def scrubbed(id: str, reader: Reader, runtime: Runtime) -> tuple[Issue, ...]:
    """Return what keeps a claim from being submitted, and the warnings. Raises NotFound, Gone.

    The text it would leave as is judged too, by the overlays of its partner and the site's lists.
    """
    claim = read_claim(id, reader)
    resources = gather(claim, reader)
    known = completed(claim, resources, reader, runtime)
    claim = known.claim
    now = runtime.clock()
    payer = payer_id(claim, resources)
    partner = partners.of_payer(reader, payer)
    warnings = [one for one in issues_of(claim, resources, now) if one.severity != "error"]
    warnings += known.warnings
    lacking = [*([] if partner else [NO_PARTNER]), *replacing_issues(claim, reader)]
    try:
        text = emit(claim, resources, partner or unaddressed(payer), SHOWN_CONTROL, now)
    except Invalid as error:
        return (*error.issues, *lacking, *warnings)
    told = check(text, "claim", terms_of(reader, partner.id if partner else "")).findings
    return (*lacking, *warnings, *finding_issues(told))
