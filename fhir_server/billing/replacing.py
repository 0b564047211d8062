"""Whether a claim may replace or void another one: only one that the payer has decided.

A claim that was rejected, or is not decided yet, is not with the payer under a number: it is
corrected and sent again as an original (CLM05-3 is 1), or waited for.
"""

from collections.abc import Iterator

from fhir_server.billing.state import State, state_of
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Issue
from fhir_server.store.reader import Reader
from mappers.fhir_x12.system import RELATED_CLAIM
from mappers.path import read

DECIDED: tuple[State, ...] = (
    "paid",
    "partly-paid",
    "denied",
    "reversed",
    "appealed",
    "closed",
)
REPLACING = ("replaces", "prior", "voids")


def replacing_issues(claim: JsonObject, reader: Reader) -> Iterator[Issue]:
    """Yield what keeps a claim from replacing or voiding the one it names."""
    for at, one in enumerate(read(claim, "related")):
        if not isinstance(one, dict):
            continue
        if not is_replacing(one):
            continue
        for reference in read(one, "claim.reference"):
            state = _state(str(reference), reader)
            if state is not None and state not in DECIDED:
                yield Issue(
                    "error",
                    "business-rule",
                    f"the claim to be replaced or voided is {state}: the payer has not decided it;"
                    " correct that claim and submit it again, or wait for the decision",
                    f"Claim.related[{at}].claim",
                    "replacement-too-early",
                )


def is_replacing(related: JsonObject) -> bool:
    """Tell whether a related claim is to be replaced or voided."""
    codes = read(related, f"relationship.coding[system={RELATED_CLAIM}].code")
    codes = codes or read(related, "relationship.coding.code")
    return not set(map(str, codes)).isdisjoint(REPLACING)


def _state(reference: str, reader: Reader) -> State | None:
    """Return the state of a claim of ours, None for one that is not here."""
    type, _, id = reference.partition("/")
    version = reader.current(type, id) if type == "Claim" and id else None
    return None if version is None or version.deleted else state_of(decode(version.body))
