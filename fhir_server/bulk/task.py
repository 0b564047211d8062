"""What a reindex job is for, as its row keeps it."""

from typing import Literal, cast

import msgspec

from fhir_server.model.resource import JsonObject
from fhir_server.store import jobs
from fhir_server.store.parameters import KIND
from fhir_server.store.unit_of_work import UnitOfWork


class Task(msgspec.Struct, frozen=True):
    """What a job is for: build or remove the rows of a parameter, or put all rows right.

    `types` are those to be put right, none for all; `id` is one resource of the one type;
    `only_tells` leaves the rows as they are.
    """

    task: Literal["build", "remove", "repair"]
    parameter: int = 0
    types: tuple[str, ...] = ()
    id: str = ""
    only_tells: bool = False


def enqueue(work: UnitOfWork, task: Task) -> int:
    """Leave the job of a task; it exists once the work commits."""
    # texts, whole numbers and lists only
    payload = cast("JsonObject", msgspec.to_builtins(task))
    return jobs.enqueue(work, KIND, payload)
