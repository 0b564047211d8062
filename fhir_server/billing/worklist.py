"""What a person has to do for a claim or a file, as Tasks: each kind one row.

Found by `Task?code=...&status=requested`. A Task names the claim (`focus`), what to look at
(`input`, FHIRPath and X12 place; never a value) and, where there is one, the last day. Ids follow
from what a Task is about, so that nothing is asked twice; it is completed when it is done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.runtime import Runtime
from fhir_server.store.content import instant
from fhir_server.store.unit_of_work import UnitOfWork

WORK = "https://parity.example/fhir/CodeSystem/work"
CORRECT, IN_TIME, SILENT, NOT_TAKEN = (
    "correct-claim",
    "file-in-time",
    "follow-up-acknowledgment",
    "undelivered-file",
)
KINDS: Mapping[str, str] = {
    CORRECT: "The claim was not taken: correct what is named and submit it again.",
    IN_TIME: "The claim is not accepted yet and its filing limit comes near: submit or follow up.",
    SILENT: "The partner has not acknowledged the file in time: ask what became of it.",
    NOT_TAKEN: "The partner does not take the file: see why, correct the partner, send again.",
}
MOST_TASKS = 100


@dataclass(frozen=True, slots=True)
class Matter:
    """What a Task is about: `focus` a `Type/id`; `part` tells several of one kind apart.

    `inputs` are names and texts; `until` is the last day.
    """

    focus: str
    patient: JsonObject | None = None
    part: str = ""
    reason: str = ""
    inputs: Sequence[tuple[str, str]] = ()
    until: str = ""


def ask(code: str, matter: Matter, work: UnitOfWork) -> str:
    """Leave a Task unless it was left before; return its id."""
    id = str(uuid5(NAMESPACE_URL, f"{WORK}/{code}/{matter.focus}/{matter.part}"))
    if work.current("Task", id) is None:
        work.create("Task", id, task(code, matter, instant(work.now)))
    return id


def task(code: str, matter: Matter, moment: str) -> JsonObject:
    """Return the Task; `moment` is a FHIR instant."""
    inputs: list[JsonValue] = [
        {"type": {"text": name}, "valueString": text} for name, text in matter.inputs
    ]
    return {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": WORK, "code": code}]},
        "description": KINDS[code],
        "focus": {"reference": matter.focus},
        **({"for": matter.patient} if matter.patient else {}),
        "authoredOn": moment,
        "performerType": [{"coding": [{"system": WORK, "code": "billing"}]}],
        **({"reasonCode": {"text": matter.reason}} if matter.reason else {}),
        **({"restriction": {"period": {"end": matter.until}}} if matter.until else {}),
        **({"input": inputs} if inputs else {}),
    }


def settle(focus: str, codes: Sequence[str], work: UnitOfWork, runtime: Runtime) -> None:
    """Complete the open Tasks of these kinds about a resource."""
    asked = (("focus", focus), ("status", "requested"), ("code", ",".join(codes)))
    criteria = Criteria.of("Task", asked, runtime)
    for found in matches(criteria, work, limit=MOST_TASKS):
        current = work.lock("Task", found.id)
        if current is not None and not current.deleted:
            done = decode(current.body) | {"status": "completed"}
            work.update(current, done | {"lastModified": instant(work.now)})
