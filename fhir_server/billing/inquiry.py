"""A question to a payer made ready: the set, its guide, and why it cannot be asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_server.outcome import Invalid, Issue
from fhir_server.store.exchanges import Link
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.x12.grammar import Guide
from mappers.x12.tree import Node
from mappers.x12.writer import Envelope, NotWritable, SetBody, write

Set = Callable[[str, datetime], Node]
"""Makes the set under a batch number (BHT03) at a moment. Raises NotMappable."""
_CODES = {
    "missing": "required",
    "unresolved": "not-found",
    "untranslated": "code-invalid",
    "too-long": "value",
    "bad-value": "value",
}


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question made ready: its guide, the set, and the resources it is about."""

    guide: Guide
    made: Set
    links: tuple[Link, ...]

    def written(self, moment: datetime, envelope: Envelope) -> bytes:
        """Return the interchange. Raises Invalid with every issue."""
        try:
            tree = self.made(f"{envelope.interchange_control:09d}", moment)
            return write(self.guide, [SetBody("0001", tree)], envelope)
        except NotMappable as error:
            raise refused(error.problems) from None
        except NotWritable as error:
            raise Invalid(f"the question cannot be said in X12: {error}") from None


def refused(problems: Sequence[Problem]) -> Invalid:
    """Return the error for what cannot be asked: one issue an element."""
    issues = [
        Issue(
            "error",
            _CODES[one.kind],
            f"{one.path}: {one.message} ({one.place})",
            one.path,
            f"x12-{one.kind}",
        )
        for one in problems
    ]
    return Invalid("the question cannot be asked", issues=issues)
