"""What is done with the parts of an X12 file: steps that take a set whole, or unit by unit."""

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.envelope import Interchange, InterchangeHeader, TransactionSet
from mappers.x12.tree import LoopNode

Step = Callable[[Interchange, TransactionSet | None, UnitOfWork, Runtime], Effect]
"""What is done with a transaction set, or with the TA1s of an interchange (set is None)."""


class Taker(Protocol):
    """Takes the units of a set; it may commit those that wait, in parts.

    Run again after it was cut short, it finds what it has committed.
    """

    @property
    def waiting(self) -> int:
        """How many units wait to be committed."""
        ...

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Take the next unit."""
        ...

    def commit(self) -> None:
        """Commit the units that wait."""
        ...

    def rest(
        self, received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
    ) -> Effect:
        """Do what is left: the step of the set."""
        ...


class Tally(Protocol):
    """What is gathered of a set before anything of it is applied."""

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Take the next unit."""
        ...

    def close(self, one: TransactionSet, header: InterchangeHeader) -> None:
        """Take the set without its units, and the header of its interchange."""
        ...

    def taker(self, exchange: int, runtime: Runtime, context: Context) -> Taker:
        """Return what takes the units when the file is read again."""
        ...


@runtime_checkable
class ByUnits(Protocol):
    """A step for sets which may be too large to be held: their files are read twice."""

    @property
    def tally(self) -> Callable[[], Tally]:
        """Makes what gathers the facts of one set."""
        ...


Steps = Mapping[str, Step | ByUnits]
"""The steps by kind of the guide (`835`); that of TA1 by `TA1`."""
