"""Drift: where the index rows of a resource are not those its body makes, found and put right.

A window of resources is compared in one snapshot, so that nothing is held while the tables are
read; what differs is then held, a few at a time, and put right unless it was written meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fhir_server.bulk.progress import Failure, Keep, Progress, reason_of
from fhir_server.model.codec import decode
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.search.extract import Extractor
from fhir_server.store import repair, walk
from fhir_server.store.edition import Edition
from fhir_server.store.index import all_of
from fhir_server.store.reader import Reader
from fhir_server.store.repair import Entry
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored

WINDOW = 20_000
"""Resources compared at once; their rows are in memory, about 60 MB."""
PAGE = 500
HELD = 100
"""Resources held at once to be put right."""
ROUNDS = 10
"""How often a window is compared again because writers came between."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One resource whose index rows differ; `number` is its version, 0 for a deleted one."""

    rid: int
    reference: str
    number: int
    missing: frozenset[Entry]
    extra: frozenset[Entry]
    mark: repair.Mark


@dataclass(frozen=True, slots=True)
class Window:
    """What a comparison found; `end` is the last key looked at, None when nothing follows."""

    count: int
    drifts: tuple[Drift, ...]
    failures: tuple[Failure, ...]
    end: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares windows of resources, and puts them right unless only asked to tell."""

    context: Context
    runtime: Runtime
    keep: Keep
    only_tells: bool = False

    def step(self, progress: Progress) -> Progress:
        """Compare, and put right, the next window; return and keep the progress."""
        edition, window = self._compare(progress)
        changed = 0 if self.only_tells else self._settle(progress, edition, window)
        later = msgspec.structs.replace(
            progress,
            processed=progress.processed + window.count - len(window.failures),
            changed=progress.changed + (len(window.drifts) if self.only_tells else changed),
            missing=progress.missing + sum(len(one.missing) for one in window.drifts),
            extra=progress.extra + sum(len(one.extra) for one in window.drifts),
        )
        kept = later.with_failures([*window.failures]).moved(window.end)
        self.runtime.store.transact(self.context, lambda work: self.keep(work, kept))
        return kept

    def _compare(self, progress: Progress) -> tuple[Edition, Window]:
        with self.runtime.store.read(self.context, snapshot=True) as reader:
            edition = self.runtime.editions.load(self.context.tenant, reader.session)
            return edition, compare(reader, edition.extractor, progress, WINDOW)

    def _settle(self, progress: Progress, edition: Edition, window: Window) -> int:
        """Put drifts right until none is left; return how many resources were changed."""
        changed, rounds = 0, 0
        while window.drifts:
            for start in range(0, len(window.drifts), HELD):
                some = window.drifts[start : start + HELD]
                changed += self._put_right(some, edition)
            rounds += 1
            if rounds == ROUNDS:
                break
            edition, window = self._compare(progress)
        return changed

    def _put_right(self, drifts: Sequence[Drift], edition: Edition) -> int:
        return self.runtime.store.transact(
            self.context, lambda work: put_right(work, drifts, edition)
        )


def compare(reader: Reader, extractor: Extractor, progress: Progress, size: int) -> Window:
    """Return how the next resources are indexed and how they should be."""
    type, after, last = progress.type, progress.after, progress.last
    known = walk.keys(reader, type, after, last, size)
    end = known[-1] if len(known) == size else last
    stored = repair.stored_entries(reader, after, end)
    drifts: list[Drift] = []
    failures: list[Failure] = []
    count = 0
    while found := walk.page(reader, type, after, end, PAGE):
        count += len(found)
        after = found[-1].rid
        for one in found:
            entries = stored.pop(one.rid, set[Entry]())
            try:
                drift = drift_of(one, entries, extractor, reader.context.tenant)
            except Exception as error:  # noqa: BLE001  one resource does not stop the others
                failures.append(Failure(one.reference, reason_of(error)))
                continue
            if drift is not None:
                drifts.append(drift)
    gone = [
        Drift(rid, "a deleted resource", 0, frozenset(), frozenset(stored[rid]), (0, 0))
        for rid in known
        if rid in stored
    ]
    following = end if len(known) == size else None
    return Window(count, (*drifts, *gone), tuple(failures), following)


def drift_of(one: Stored, entries: set[Entry], extractor: Extractor, tenant: int) -> Drift | None:
    """Return how the rows of a resource differ from those its body makes; None: not at all."""
    rows = extractor(decode(one.body), tenant)
    wanted = repair.entries_of(all_of(rows))
    if wanted == entries and rows.hash == one.param_hash:
        return None
    missing, extra = frozenset(wanted - entries), frozenset(entries - wanted)
    return Drift(one.rid, one.reference, one.number, missing, extra, repair.mark_of(rows))


def put_right(work: UnitOfWork, drifts: Sequence[Drift], edition: Edition) -> int:
    """Put right what was not written since it was compared; return how many resources.

    Raises Outdated when the search parameters have changed since.
    """
    if repair.require_edition(work).number != edition.number:
        return 0
    held = walk.hold(work, [one.rid for one in drifts])
    delta, marks = repair.Delta(), dict[int, repair.Mark]()
    for one in drifts:
        current = held.get(one.rid)
        if (current.number if current else 0) != one.number:
            continue
        delta.add(one.rid, one.missing)
        delta.remove(one.rid, one.extra)
        marks[one.rid] = one.mark
    repair.apply(work, delta, marks)
    return len(marks)
