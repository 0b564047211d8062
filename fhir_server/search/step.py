"""The steps of a search expression from values to values further down; each can also be read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fhir_server.model.resource import JsonObject, JsonValue

Values = Sequence[JsonValue]


@dataclass(frozen=True, slots=True)
class Members:
    """The step to a member; `many` says that it is a list."""

    key: str
    many: bool = False

    def __call__(self, values: Values) -> Values:
        """Return the members of values, those of lists one by one."""
        found: list[JsonValue] = []
        for value in values:
            member = value.get(self.key) if isinstance(value, dict) else None
            if isinstance(member, list):
                found += member
            elif member is not None:
                found.append(member)
        return found


@dataclass(frozen=True, slots=True)
class Nth:
    """The step to one of the values, `[n]`."""

    index: int

    def __call__(self, values: Values) -> Values:
        """Return the value, if there are so many."""
        return values[self.index : self.index + 1]


@dataclass(frozen=True, slots=True)
class Having:
    """The step to the values whose member is a text, `where(key='text')`."""

    key: str
    text: str

    def __call__(self, values: Values) -> Values:
        """Return the values that have it."""
        return [one for one in values if isinstance(one, dict) and one.get(self.key) == self.text]


@dataclass(frozen=True)
class RefersTo:
    """The step to the references to a type, `where(resolve() is T)`."""

    type: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a literal reference to the type looks like."""
        return re.compile(rf"(?:.*/)?{self.type}/[A-Za-z0-9\-.]{{1,64}}(?:/_history/.+)?")

    def __call__(self, values: Values) -> Values:
        """Return the references to it."""
        return [one for one in values if isinstance(one, dict) and self._holds(one)]

    def loosely(self, values: Values) -> Values:
        """Return the references to it as a database can tell them: by a passage of their text."""
        return [one for one in values if isinstance(one, dict) and self._names(one)]

    def _names(self, value: JsonObject) -> bool:
        reference = value.get("reference")
        named = isinstance(reference, str) and (
            reference.startswith(f"{self.type}/") or f"/{self.type}/" in reference
        )
        return named or value.get("type") == self.type

    def _holds(self, value: JsonObject) -> bool:
        reference = value.get("reference")
        if isinstance(reference, str) and self.pattern.fullmatch(reference):
            return True
        return value.get("type") == self.type


@dataclass(frozen=True, slots=True)
class Deceased:
    """The step from a Patient to whether he is dead: a date says so, and silence that he is not."""

    def __call__(self, resources: Values) -> Values:
        """Return the answer for each."""
        return [
            isinstance(one, dict)
            and ("deceasedDateTime" in one or one.get("deceasedBoolean", False) is not False)
            for one in resources
        ]
