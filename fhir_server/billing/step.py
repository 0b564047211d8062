"""Steps a person takes with a claim: hold, release, void, appeal, close; each recorded."""

from fhir_server.billing.state import Event, moved
from fhir_server.billing.voiding import check_not_with_payer, is_decided, void_claim
from fhir_server.billing.worklist import settle
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Gone, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import waiting
from fhir_server.store.unit_of_work import UnitOfWork

ENDS = ("void", "close")
NEEDLESS = ("correct-claim", "undelivered-file", "file-in-time")
"""After these nothing is left to do for the claim, and this work is needless."""


def take_step(id: str, event: Event, reason: str, context: Context, runtime: Runtime) -> Version:
    """Move a claim by a person's decision and return its new version.

    The reason is kept in the Provenance. A claim that waits for a batch can still be held or void;
    to void a decided one returns the claim that takes it back, to be submitted. Raises NotFound,
    Gone; Conflict in a state from which the step is not permitted.
    """

    def step(work: UnitOfWork) -> Version:
        current = work.lock("Claim", id)
        if current is None:
            raise NotFound(f"Claim/{id} is not known")
        if current.deleted:
            raise Gone(f"Claim/{id} was deleted")
        claim = decode(current.body)
        if event == "void" and is_decided(claim):
            return void_claim(claim, work, runtime)
        waits = event in {"hold", "void"} and waiting.withdraw(work, id)
        if event == "void":
            check_not_with_payer(claim, waits=waits)
        if waits:
            claim = moved(claim, "take-back")
        written = work.update(current, claim if waits and event == "hold" else moved(claim, event))
        if event in ENDS:
            settle(f"Claim/{id}", NEEDLESS, f"the claim is {event}", work, runtime)
        record_moves(work, reason=reason)
        return written

    return runtime.store.transact(context, step)
