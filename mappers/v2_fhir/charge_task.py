"""A Task of a financial transaction: what a person has to do, asked once."""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.charge_code import PERFORMER, WORK
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.identity import identifier_query, stable_id

WORK_SYSTEM = f"{CANONICAL}/CodeSystem/work"
TASK_SYSTEM = f"{CANONICAL}/sid/charge-task"


def charge_task(
    code: str,
    feed: str,
    key: tuple[str, ...],
    patient: JsonValue,
    time: str,
    told: JsonObject | None = None,
) -> Entry:
    """Return the entry of a Task; the same key is asked once, whatever became of the answer.

    `told` are further members of the Task. The identifiers of what it is about stay beside its own.
    """
    id = stable_id(feed, "Task", code, *key)
    own: JsonValue = {"system": TASK_SYSTEM, "value": id}
    further = dict(told or {})
    others = further.pop("identifier", None)
    concept: JsonObject = {"coding": [{"system": WORK_SYSTEM, "code": code}]}
    task: JsonObject = {
        "resourceType": "Task",
        "identifier": [own, *(others if isinstance(others, list) else [])],
        "status": "requested",
        "intent": "order",
        "code": concept,
        "description": WORK[code],
        "for": patient,
        "performerType": [{"coding": [{"system": WORK_SYSTEM, "code": PERFORMER}]}],
        **({"authoredOn": time} if time else {}),
        **further,
    }
    return Entry(task, f"urn:uuid:{id}", "Task", "create", identifier_query((TASK_SYSTEM, id)))
