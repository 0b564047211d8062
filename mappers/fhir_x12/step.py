"""The steps of a FHIR path, as maps write it.

The paths are those of `mappers.path` with one more pick: `supportingInfo{category:onset}` is the
item whose CodeableConcept `category` has the code; one that is made gets the code and its system.
"""

import re
from dataclasses import dataclass
from functools import cache

from mappers.fhir_x12.system import system_of
from mappers.path import JsonObject, JsonValue

_STEP = re.compile(
    r"(?P<name>\w+)(?:\[(?P<pick>[^\]]*)\]|\{(?P<member>\w+):(?P<code>[^}]+)\})?(?:\.|$)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a member, and which of its items.

    `number` is an index; `member` and `value` the text an item has; with `is_concept` the member
    is a CodeableConcept that has the code. `appends` makes a new item at every writing.
    """

    name: str
    number: int | None = None
    member: str = ""
    value: str = ""
    is_concept: bool = False
    appends: bool = False

    def fits(self, item: JsonValue) -> bool:
        """Tell whether an item is one of those the step picks."""
        if not isinstance(item, dict):
            return False
        if self.is_concept:
            return self.value in codes_of(item.get(self.member))
        return item.get(self.member) == self.value

    def seed(self) -> JsonObject:
        """Return a new item of those the step picks."""
        if self.is_concept:
            coding: JsonObject = {"system": system_of(self.member, self.value), "code": self.value}
            return {self.member: {"coding": [coding]}}
        return {self.member: self.value} if self.member else {}


def codes_of(concept: JsonValue) -> list[JsonValue]:
    """Return the codes of a CodeableConcept."""
    codings = concept.get("coding") if isinstance(concept, dict) else None
    listed = codings if isinstance(codings, list) else []
    return [one.get("code") for one in listed if isinstance(one, dict)]


@cache
def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises ValueError."""
    found: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"not an element path: {path}")
        found.append(_step(match))
        position = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    name, pick = match["name"], match["pick"]
    if match["member"]:
        return Step(name, member=match["member"], value=match["code"], is_concept=True)
    if pick is None:
        return Step(name)
    if not pick:
        return Step(name, appends=True)
    if pick.isdigit():
        return Step(name, number=int(pick))
    member, _, value = pick.partition("=")
    return Step(name, member=member, value=value)
