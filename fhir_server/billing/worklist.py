"""Leaving Tasks for people once, and completing them when what they ask for was done."""

from collections.abc import Sequence

from fhir_server.billing.work_queue import Subject, completed, task, task_id
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.runtime import Runtime
from fhir_server.store.content import instant
from fhir_server.store.unit_of_work import UnitOfWork

MOST_TASKS = 100


def ask(
    code: str,
    subject: Subject,
    work: UnitOfWork,
    until: str = "",
    facts: JsonObject | None = None,
) -> Version:
    """Leave a Task unless it was left before, and return it.

    `until` is the last day it can be done, `facts` further elements it tells.
    """
    id = task_id(code, subject.focus, subject.part)
    known = work.current("Task", id)
    if known is not None:
        return known
    limit: JsonObject = {"restriction": {"period": {"end": until}}} if until else {}
    made = task(code, subject, instant(work.now)) | limit | (facts or {})
    return work.create("Task", id, made)


def open_task(code: str, focus: str, work: UnitOfWork, runtime: Runtime) -> str:
    """Return the id of an open Task of a kind about a resource; empty where there is none."""
    asked = (("focus", focus), ("status", "requested"), ("code", code))
    found = matches(Criteria.of("Task", asked, runtime), work, limit=1)
    return next((one.id for one in found), "")


def complete(code: str, focus: str, part: str, said: str, work: UnitOfWork) -> None:
    """Complete one Task, where it was left and is open, with what was done."""
    current = work.lock("Task", task_id(code, focus, part))
    if current is not None and not current.deleted:
        tree = decode(current.body)
        if tree["status"] == "requested":
            work.update(current, completed(tree, said, instant(work.now)))


def settle(focus: str, codes: Sequence[str], said: str, work: UnitOfWork, runtime: Runtime) -> None:
    """Complete the open Tasks of these kinds about a resource, with what was done."""
    asked = (("focus", focus), ("status", "requested"), ("code", ",".join(codes)))
    criteria = Criteria.of("Task", asked, runtime)
    for found in matches(criteria, work, limit=MOST_TASKS):
        current = work.lock("Task", found.id)
        if current is not None and not current.deleted:
            work.update(current, completed(decode(current.body), said, instant(work.now)))
