"""What held from when on: the statuses, classes and places of a visit, in the order of events.

Messages do not arrive in the order of what they tell. Each entry stands at the time of its event,
so that whatever the order of arrival the last event tells what holds now, and a late one only
fills in the history (https://hl7.org/fhir/R4/encounter-definitions.html#Encounter.statusHistory).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from mappers.path import JsonValue

EARLIEST = datetime.min.replace(tzinfo=UTC)
_PRECISIONS = (4, 7, 10)


@dataclass(frozen=True, slots=True)
class Stay:
    """A value and the FHIR dateTime it holds from; without `start`, from before all others.

    `known` is False where the start is only assumed. `rank` orders values of one moment.
    """

    start: str
    value: JsonValue
    rank: int = 0
    known: bool = True


@lru_cache(maxsize=4096)
def moment(text: str) -> datetime:
    """Return a FHIR dateTime as a moment: its beginning where it is a day, month or year."""
    if not text:
        return EARLIEST
    filled = text if len(text) > 10 else f"{text}-01-01"[:10] if len(text) == 4 else text
    filled = f"{filled}-01" if len(filled) == 7 else filled
    try:
        found = datetime.fromisoformat(filled)
    except ValueError:
        return EARLIEST
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def is_before(one: str, other: str) -> bool:
    """Say whether a moment is surely before another: a day is not before its own hours."""
    if not one or not other:
        return bool(other) and not one
    shorter = min(len(one), len(other))
    if shorter in _PRECISIONS and one[:shorter] == other[:shorter]:
        return False
    return moment(one) < moment(other)


def placed(
    stays: Sequence[Stay], new: Stay, *, firm: bool = True, undoes: bool = False
) -> list[Stay]:
    """Return the entries with a new one at its time.

    One that is not firm is left out where its value holds at that time already. Of one moment the
    value of the higher rank comes last, but what is undone comes before what undoes it.
    """
    if any((one.start, one.value) == (new.start, new.value) for one in stays):
        return list(stays)
    at = sum(not _follows(one, new, undoes) for one in stays)
    if not firm and at and stays[at - 1].value == new.value:
        return list(stays)
    return [*stays[:at], new, *stays[at:]]


def _follows(one: Stay, new: Stay, undoes: bool) -> bool:  # noqa: FBT001 - told by its caller
    if undoes and not one.known:
        return False
    if is_before(new.start, one.start):
        return True
    if is_before(one.start, new.start):
        return False
    return not undoes and one.rank > new.rank
