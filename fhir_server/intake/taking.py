"""The second reading of an X12 file: the units of its sets are handed to the steps that take them.

What a step commits in parts is committed while the file is read; the rest of it, and the sets that
were held whole, are left to the last commit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_server.intake.repetition import repetition
from fhir_server.intake.step import ByUnits, Step, Steps, Taker
from fhir_server.intake.survey import Survey, blocks
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from mappers.x12.assembly import Assembler
from mappers.x12.assembly import Part as Heard
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import batches
from mappers.x12.placing import OnLoop, OnUnit
from mappers.x12.tree import LoopNode
from mappers.x12.wholeness import loss

MOST_WAITING = 250
"""Units of all sets of a file that may wait for the last commit."""


@dataclass(frozen=True, slots=True)
class Part:
    """A set, or the TA1s of an interchange (set is None), and its step.

    With a `gap` it is not applied: something of it was lost, or its number was used before.
    """

    received: Interchange
    one: TransactionSet | None
    step: Step | None
    gap: Finding | None


def take_units(
    data: bytes, found: Survey, steps: Steps, exchange: int, runtime: Runtime, context: Context
) -> list[Part]:
    """Commit what is committed in parts; return what is left to be done, in the order of the file.

    Run again after it was cut short, it goes on where it was.
    """
    reading = _Reading(found, steps, exchange, runtime, context)
    if found.tallies:
        reading.read(data)
    return list(reading.parts())


class _Reading:
    """One reading of a file whose survey is known."""

    def __init__(
        self, found: Survey, steps: Steps, exchange: int, runtime: Runtime, context: Context
    ) -> None:
        self._found = found
        self._steps = steps
        self._for = (exchange, runtime, context)
        self._gaps = [
            repetition(received) or loss(received, group, one)
            for received in found.by_rules.interchanges
            for group in received.groups
            for one in group.sets
        ]
        self._taker: Taker | None = None
        self._takers: dict[int, Taker] = {}
        self._count = 0
        self._waiting = 0

    def read(self, data: bytes) -> None:
        """Hand every unit to the step that takes it."""
        assembler = Assembler(self._hear, watch=self._watch)
        for batch in batches(blocks(data)):
            assembler.take(batch)
        assembler.finish(None)

    def parts(self) -> Iterator[Part]:
        """Yield what is left to be done, in the order of the file."""
        number = 0
        for received in self._found.by_rules.interchanges:
            if received.acknowledgments:
                gap = repetition(received) or loss(received)
                yield Part(received, None, self._step("TA1", -1), gap)
            for one in (one for group in received.groups for one in group.sets):
                if one.kind in self._steps:
                    yield Part(received, one, self._step(one.kind, number), self._gaps[number])
                number += 1

    def _step(self, kind: str, number: int) -> Step | None:
        step = self._steps[kind]
        if isinstance(step, ByUnits):
            return self._takers[number].rest if number in self._takers else None
        return step

    def _watch(self, _: Guide) -> tuple[OnUnit | None, OnLoop | None]:
        tally = self._found.tallies.get(self._count)
        if tally is None or self._gaps[self._count] is not None:
            return _let_go, None
        self._taker = self._takers[self._count] = tally.taker(*self._for)
        return self._taker.unit, None

    def _hear(self, part: Heard) -> None:
        if not isinstance(part, TransactionSet):
            return
        taker, self._taker = self._taker, None
        self._count += 1
        if taker is not None:
            self._waiting += taker.waiting
            if self._waiting > MOST_WAITING:
                self._waiting -= taker.waiting
                taker.commit()


def _let_go(_node: LoopNode, _above: tuple[LoopNode, ...]) -> None:
    """Take a unit nobody asked for."""
