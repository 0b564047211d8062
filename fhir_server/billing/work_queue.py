"""What a biller has to look at: Tasks made by what payers answer, each kind one row.

Found by `Task?code=...&status=requested`. A Task names what it is about (`focus`) and, where there
is one, the claim (`basedOn`); it is completed by the operation of its row or by hand. Ids follow
from what a Task is about, so that nothing is asked twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from fhir_server.model.resource import JsonObject, JsonValue

WORK = "https://parity.example/fhir/CodeSystem/work"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its code, what is to be done, who usually does it."""

    code: str
    description: str
    performer: str


KINDS = (
    Kind(
        "match-payment",
        "A payment answers no claim here: find the claim and call $link, or call the payer.",
        "posting",
    ),
    Kind(
        "unbalanced-remittance",
        "A remittance does not add up and is not posted: ask the payer for a corrected one.",
        "posting",
    ),
    Kind(
        "unknown-sender",
        "A remittance came from a sender that is no partner: see whether it may be posted.",
        "posting",
    ),
    Kind(
        "unposted-payment",
        "A claim payment could not be read as it stands: post it by hand.",
        "posting",
    ),
    Kind(
        "update-coverage",
        "The payer knows the insured otherwise: correct the Coverage.",
        "front-desk",
    ),
    Kind(
        "provider-adjustment",
        "Money is taken back for a claim that is not found here: ask the payer for which one.",
        "posting",
    ),
    Kind(
        "line-to-match",
        "A paid line answers no line of the claim: see what the payer bundled or added.",
        "posting",
    ),
    Kind(
        "correct-claim",
        "The payer did not take the claim: correct what is named and submit it again.",
        "billing",
    ),
    Kind(
        "file-in-time",
        "The claim is not accepted yet and its filing limit comes near: submit it or follow up.",
        "billing",
    ),
    Kind(
        "follow-up-file",
        "The partner has not acknowledged a file in time: ask what became of it.",
        "billing",
    ),
    Kind(
        "undelivered-file",
        "The partner does not take a file: see why, correct the partner, submit the claim again.",
        "billing",
    ),
    Kind(
        "answer-payer",
        "The payer asks for more before it decides.",
        "billing",
    ),
    Kind(
        "correct-eligibility",
        "The payer could not answer the question of eligibility: correct what is named.",
        "front-desk",
    ),
    Kind(
        "obtain-authorization",
        "The benefit needs an authorization before the service.",
        "authorization",
    ),
)
BY_CODE: Mapping[str, Kind] = {one.code: one for one in KINDS}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a Task is about: `focus` and `claim` as `Type/id`, `patient` a Reference, if known.

    `part` tells several Tasks of one kind about one focus apart; `inputs` are named values.
    """

    focus: str
    claim: str = ""
    patient: JsonObject | None = None
    reason: str = ""
    part: str = ""
    inputs: tuple[tuple[str, JsonObject], ...] = ()


def task(code: str, subject: Subject, created: str) -> JsonObject:
    """Return the Task. `created` is a FHIR dateTime."""
    kind = BY_CODE[code]
    inputs: list[JsonValue] = [{"type": {"text": name}, **value} for name, value in subject.inputs]
    return {
        "resourceType": "Task",
        "id": task_id(code, subject.focus, subject.part),
        **({"basedOn": [{"reference": subject.claim}]} if subject.claim else {}),
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": WORK, "code": code}]},
        "description": kind.description,
        "focus": {"reference": subject.focus},
        **({"for": subject.patient} if subject.patient else {}),
        "authoredOn": created,
        "performerType": [{"coding": [{"system": WORK, "code": kind.performer}]}],
        **({"reasonCode": {"text": subject.reason}} if subject.reason else {}),
        **({"input": inputs} if inputs else {}),
    }


def task_id(code: str, focus: str, part: str = "") -> str:
    """Return the id of the Task of a kind about something."""
    return str(uuid5(NAMESPACE_URL, f"{WORK}/{code}/{focus}/{part}"))


def completed(tree: JsonObject, said: str, moment: str) -> JsonObject:
    """Return a Task that is done, with what was done."""
    note: JsonObject = {"time": moment, "text": said}
    known = tree.get("note")
    notes: list[JsonValue] = [*(known if isinstance(known, list) else []), note]
    return {**tree, "status": "completed", "lastModified": moment, "note": notes}
