"""`$void`: a claim that is not to stand. What is done depends on how far it is.

One the payer has not got is void at once, also while it waits for a batch. One the payer has
decided is taken back by a claim of frequency 8, which is made here and submitted like any other;
the claim itself moves when the payer reverses it. In between, while the payer has it and has not
decided, nothing can be taken back: the number the void would name is not given yet.
"""

from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.completing import number_of
from fhir_server.billing.replacing import DECIDED
from fhir_server.billing.state import state_of
from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.system import PAYER_CLAIM_NUMBER, RELATED_CLAIM
from mappers.path import read

ENDED = ("void", "closed", "reversed")
WITH_PAYER = ("sent", "received", "accepted", "pending")


def is_decided(claim: JsonObject) -> bool:
    """Tell whether only a void claim can take a claim back."""
    state = state_of(claim)
    return state in DECIDED and state not in ENDED


def check_not_with_payer(claim: JsonObject, *, waits: bool) -> None:
    """Raise Conflict for a claim that has left and is not decided yet."""
    state = state_of(claim)
    if state in WITH_PAYER or (state == "ready" and not waits):
        raise Conflict(
            f"the claim is {state}: it is with the payer, which has not decided it; call $void"
            " again when it has, or submit it corrected when it is rejected",
            expression="Claim.extension",
            detail="claim-state",
        )


def void_claim(claim: JsonObject, work: UnitOfWork, runtime: Runtime) -> Version:
    """Make the claim of frequency 8 for a decided claim, once, and return it.

    Raises Conflict where the payer has told no number of the claim.
    """
    id = str(uuid5(NAMESPACE_URL, f"void/{claim['id']}"))
    known = work.current("Claim", id)
    if known is not None and not known.deleted:
        return known
    number = number_of(f"Claim/{claim['id']}", work, runtime)
    if not number:
        raise Conflict(
            "the payer has told no number of the claim: enter it in Claim.related.reference of a"
            " claim that voids this one",
            expression="Claim.related",
            detail="payer-number-missing",
        )
    return work.create("Claim", id, _void_of(claim, number, runtime))


def _void_of(claim: JsonObject, number: str, runtime: Runtime) -> JsonObject:
    others = [one for one in read(claim, "extension") if read(one, "url") != [CLAIM_STATE]]
    kept = {name: one for name, one in claim.items() if name not in {"id", "meta", "extension"}}
    return {
        **kept,
        **({"extension": others} if others else {}),
        "created": runtime.clock().date().isoformat(),
        "related": [
            {
                "claim": {"reference": f"Claim/{claim['id']}"},
                "relationship": {"coding": [{"system": RELATED_CLAIM, "code": "voids"}]},
                "reference": {"system": PAYER_CLAIM_NUMBER, "value": number},
            }
        ],
    }
