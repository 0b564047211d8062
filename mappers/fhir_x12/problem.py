"""What keeps a resource from becoming an X12 transaction: one problem an element."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["missing", "unresolved", "untranslated", "too-long", "bad-value"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One element that is missing or cannot be said in X12.

    `path` is the FHIR element (`Claim.provider.identifier`); `place` where X12 needs it
    (`2010AA NM109`); `message` one sentence without a patient's values.
    """

    kind: Kind
    path: str
    place: str
    message: str


class NotMappable(ValueError):
    """The resource cannot be written as X12; `problems` say why, all of them at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in problems[:3]))
        self.problems = tuple(problems)
