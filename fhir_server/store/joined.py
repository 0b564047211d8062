"""A store whose every unit of work is part of one: several steps that commit together.

For a request that must be carried out as a whole with what is kept of it: its answer, its
Provenance, the end of its job.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from fhir_server.db.failure import Raced
from fhir_server.model.rest import Context
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import ATTEMPTS, Store, UnitOfWork

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Joined(Store):
    """The store of those who take part in `whole`: they see its writes, and undo only their own.

    A snapshot is read apart, as nothing else could be.
    """

    whole: UnitOfWork | None = field(default=None, compare=False)

    @classmethod
    def of(cls, store: Store, work: UnitOfWork) -> "Joined":
        """Return the store that takes part in a unit of work of this one."""
        parts = (store.database, store.extract, store.clock, store.ids)
        more = (store.editions, store.hooks, store.texts)
        return cls(*parts, *more, store.growth, store.commits, work)

    @property
    def work(self) -> UnitOfWork:
        """The unit of work taken part in."""
        assert self.whole is not None  # noqa: S101  made by `of` only
        return self.whole

    @contextmanager
    def read(self, context: Context, *, snapshot: bool = False) -> Iterator[Reader]:
        """Lend the unit of work as a reader."""
        if snapshot:
            with Store.read(self, context, snapshot=True) as reader:
                yield reader
        else:
            yield self.work

    @contextmanager
    def write(self, context: Context, *, hopeful: bool = False) -> Iterator[UnitOfWork]:
        """Lend the unit of work; what the block did is undone when it raises."""
        del context, hopeful  # it holds what it reads: it is one transaction
        with self.work.part():
            yield self.work

    def transact(self, context: Context, action: Callable[[UnitOfWork], T]) -> T:
        """Run an action in the unit of work; run it again, a few times, when it raced."""
        for _ in range(1, ATTEMPTS):
            try:
                with self.write(context) as work:
                    return action(work)
            except Raced:
                continue
        with self.write(context) as work:
            return action(work)
