"""How far a walk over stored resources is: what a job keeps, so that another worker goes on."""

from collections.abc import Callable
from typing import cast

import msgspec

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import FhirError
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

EVERY = "*"
"""Instead of a type: resources of every type, in one walk."""
TOLD = 50
"""Failures and drifts told one by one; the counts are of all."""


class Failure(msgspec.Struct, frozen=True):
    """A resource that could not be indexed, and why, without its values."""

    resource: str
    reason: str


class Progress(msgspec.Struct, frozen=True):
    """Counts of resources, and where the walk is: behind key `after` of the type at `place`.

    `last` is the highest key there was when it began. `missing` and `extra` count index rows that
    were lacking and that should not have been; `failures` are the first of `failed`.
    """

    total: int = 0
    processed: int = 0
    changed: int = 0
    missing: int = 0
    extra: int = 0
    failed: int = 0
    failures: tuple[Failure, ...] = ()
    types: tuple[str, ...] = (EVERY,)
    place: int = 0
    after: int = 0
    last: int = 0
    passes: int = 1

    @property
    def type(self) -> str | None:
        """The type the walk is at; None for every type."""
        name = self.types[self.place]
        return None if name == EVERY else name

    @property
    def is_over(self) -> bool:
        """Whether every type is done."""
        return self.place == len(self.types)

    @property
    def sentence(self) -> str:
        """How far it is, for a person."""
        failed = f", {self.failed} failed" if self.failed else ""
        return f"{self.processed} of {self.total} processed, {self.changed} changed{failed}"

    def with_failures(self, found: list[Failure]) -> "Progress":
        """Return the progress with resources that failed."""
        told = (*self.failures, *found)[:TOLD]
        return msgspec.structs.replace(self, failed=self.failed + len(found), failures=told)

    def moved(self, after: int | None) -> "Progress":
        """Return the progress behind a key of this type; None: the type is done."""
        if after is None:
            return msgspec.structs.replace(self, place=self.place + 1, after=0)
        return msgspec.structs.replace(self, after=after)

    def begun_again(self) -> "Progress":
        """Return the progress of another pass over everything."""
        return msgspec.structs.replace(
            self, processed=0, failed=0, failures=(), place=0, after=0, passes=self.passes + 1
        )


_PROGRESS = TypedReader(Progress)


Keep = Callable[[UnitOfWork, Progress], None]
"""Keeps the progress in the unit of work that makes it."""


def as_json(progress: Progress) -> JsonObject:
    """Return the JSON a job row keeps, with a sentence for who asks."""
    # texts, whole numbers and lists only
    kept = cast("JsonObject", msgspec.to_builtins(progress))
    return kept | {"progress": progress.sentence}


def read_progress(result: JsonObject | None) -> Progress:
    """Return what a job kept; the beginning when it kept nothing."""
    if result is None or "last" not in result:
        return Progress()
    return _PROGRESS.convert(result)


def reason_of(error: Exception) -> str:
    """Return why a resource failed, without its values."""
    return str(error) if isinstance(error, FhirError) else type(error).__name__
