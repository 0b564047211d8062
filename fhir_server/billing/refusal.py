"""Claims a partner did not take: back to be corrected, and a Task that says where.

After a 999 or 277CA rejection the payer has no claim: it is corrected and sent again as a new
original, never as a replacement.
"""

from collections.abc import Iterator, Sequence

from fhir_server.billing.moving import move_all
from fhir_server.billing.pointing import Pointer, pointer, set_sent
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask
from fhir_server.model.resource import JsonObject, Version
from fhir_server.store.exchanges import Exchange
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.status_277ca import ELEMENTS, ClaimStatus
from mappers.path import read
from mappers.x12.responses import SetResponse

ENTITIES = {
    "IL": "Claim.insurance.coverage",
    "QC": "Claim.patient",
    "PR": "Claim.insurer",
    "85": "Claim.provider",
    "82": "Claim.careTeam.provider",
    "DQ": "Claim.careTeam.provider",
    "DN": "Claim.careTeam.provider",
    "77": "Claim.facility",
    "71": "Claim.careTeam.provider",
}
"""The elements of the parties a claim status may speak of (data element 98)."""
TOLD = ("extension", "identifier", "statusReason", "businessStatus")
"""What a Task tells of the status of a claim as the payer said it."""
ANOTHER = "another claim of the same set is wrong: submit this one again as it is"


def refuse_set(
    sent: Exchange, ids: Sequence[str], response: SetResponse | None, work: UnitOfWork
) -> list[str]:
    """Take back the claims of a refused set; return why some are not moved.

    The errors of the 999 are told at the claims they stand in; one before the first claim is
    told at all of them.
    """
    trees, notes = move_all(ids, "refuse", work)
    pointers = list(_pointers(sent, response)) if response else []
    for claim in trees:
        number = next((str(one) for one in read(claim, "identifier[0].value")), "")
        own = [one for one in pointers if one.claim in {"", number}]
        told = "999 refuses the set" if response else "TA1 or 999 refuses all that was sent"
        reason = ANOTHER if pointers and not own else told
        _ask(claim, f"999 to exchange {sent.id}", reason, _inputs(own), work)
    return notes


def ask_to_correct(
    claim: JsonObject,
    status: ClaimStatus,
    part: str,
    work: UnitOfWork,
    record: JsonObject | None = None,
) -> Version:
    """Leave the Task for a claim that a 277CA rejects; codes and elements, no values.

    With the record of the status (a Task of the map) it is both: what the payer said, and what is
    to be done about it.
    """
    inputs = []
    for one in status.statuses:
        path = ELEMENTS.get(one.code) or ENTITIES.get(one.entity, "Claim")
        told = ":".join(filter(None, (one.category, one.code, one.entity)))
        inputs.append((path, f"277CA STC {told}"))
    told = "277CA rejects the claim: send it again as a new original"
    facts = {name: record[name] for name in TOLD if name in record} if record else {}
    return _ask(claim, part, told, inputs, work, facts)


def _pointers(sent: Exchange, response: SetResponse) -> Iterator[Pointer]:
    one = set_sent(sent.body, response.control)
    for error in response.errors if one else ():
        if one is not None:
            yield pointer(error, one)


def _inputs(pointers: Sequence[Pointer]) -> list[tuple[str, str]]:
    return [(one.path, f"{one.place}, code {one.code}") for one in pointers]


def _ask(
    claim: JsonObject,
    part: str,
    reason: str,
    inputs: Sequence[tuple[str, str]],
    work: UnitOfWork,
    facts: JsonObject | None = None,
) -> Version:
    patient = claim.get("patient")
    subject = Subject(
        focus=f"Claim/{claim['id']}",
        patient=patient if isinstance(patient, dict) else None,
        reason=reason,
        part=part,
        inputs=tuple((path, {"valueString": told}) for path, told in inputs),
    )
    return ask("correct-claim", subject, work, facts=facts)
