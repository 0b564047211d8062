"""What claims of one batch share is made ready, and written, once: provider, payer, clinicians."""

from collections.abc import Callable
from typing import TypeVar

from mappers.fhir_x12.problem import Problem
from mappers.path import JsonObject

T = TypeVar("T")


class Memo:
    """Remembers by the very resource (not by its content), which it keeps alive."""

    def __init__(self) -> None:
        self._ready: dict[tuple[str, int], tuple[JsonObject, JsonObject]] = {}
        self._made: dict[tuple[object, ...], tuple[tuple[JsonObject, ...], object]] = {}

    def ready(
        self, how: str, resource: JsonObject, make: Callable[[JsonObject], JsonObject]
    ) -> JsonObject:
        """Return what is made of a resource, the same one every time."""
        known = self._ready.get((how, id(resource)))
        if known is None:
            known = self._ready[how, id(resource)] = (resource, make(resource))
        return known[1]

    def made(
        self,
        how: tuple[object, ...],
        of: tuple[JsonObject, ...],
        problems: list[Problem],
        make: Callable[[], T],
    ) -> T:
        """Return what was made of these resources before, unless there was a problem with it."""
        key = (*how, *map(id, of))
        known = self._made.get(key)
        if known is not None:
            return known[1]  # type: ignore[return-value]  # made by the same maker under its name
        count = len(problems)
        result = make()
        if len(problems) == count:
            self._made[key] = (of, result)
        return result
