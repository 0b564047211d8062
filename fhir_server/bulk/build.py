"""The index rows of one search parameter: made for what is stored already, and removed again.

A step takes some resources in one short transaction that also keeps the progress, so a step is
done once, whoever does it. Resources are held while their rows are made: a write comes before and
is seen, or after and knows the parameter.
"""

from dataclasses import dataclass

import msgspec

from fhir_server.bulk.progress import Failure, Keep, Progress, reason_of
from fhir_server.model.codec import decode
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.search.custom import additions_of
from fhir_server.search.extract import Extractor
from fhir_server.search.parameter import Parameter
from fhir_server.store import repair, walk
from fhir_server.store.index import all_of
from fhir_server.store.parameters import Kept, find
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored

STEP = 100
"""Resources held at once."""


class Superseded(Conflict):
    """The parameter was changed or retired meanwhile; another job is about it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Makes or removes rows of a parameter for one page of resources at a time."""

    kept: Kept
    context: Context
    runtime: Runtime
    keep: Keep

    def build(self, progress: Progress) -> Progress:
        """Make the rows of the next resources. Raises Superseded."""
        return self.runtime.store.transact(self.context, lambda work: self._build(work, progress))

    def remove(self, progress: Progress) -> Progress:
        """Remove the rows of the next resources, of all their versions. Raises Superseded."""
        return self.runtime.store.transact(self.context, lambda work: self._remove(work, progress))

    def _build(self, work: UnitOfWork, progress: Progress) -> Progress:
        extractor = repair.require_edition(work).extractor
        self._require(work, "building")
        found = walk.page(work, progress.type, progress.after, progress.last, STEP, locked=True)
        delta, marks, failures = repair.Delta(), dict[int, repair.Mark](), list[Failure]()
        for one in found:
            try:
                mark = self._add(one, extractor, delta)
            except Exception as error:  # noqa: BLE001  one resource does not stop the others
                failures.append(Failure(one.reference, reason_of(error)))
                continue
            if mark[0] != one.param_hash:
                marks[one.rid] = mark
        repair.apply(work, delta, marks)
        return self._on(work, progress, found, len(marks), failures)

    def _add(self, one: Stored, extractor: Extractor, delta: repair.Delta) -> repair.Mark:
        """Note the rows of a resource; return the mark of all it then has."""
        tenant, resource = self.context.tenant, decode(one.body)
        parameter = extractor.registry.indexed(tenant, one.type).get(self.kept.custom.code)
        if parameter is not None and parameter.slot.code == self.kept.slot:
            rows = all_of(extractor.rows_of(parameter, resource))
            delta.add(one.rid, repair.entries_of(rows))
        return repair.mark_of(extractor(resource, tenant))

    def _remove(self, work: UnitOfWork, progress: Progress) -> Progress:
        extractor = repair.require_edition(work).extractor
        self._require(work, "removing")
        found = walk.page(work, progress.type, progress.after, progress.last, STEP, locked=True)
        end = found[-1].rid if len(found) == STEP else progress.last
        marks, failures = dict[int, repair.Mark](), list[Failure]()
        unwanted = self._rows(work, progress, end)
        for one in found:
            try:
                rows = extractor(decode(one.body), self.context.tenant)
            except Exception as error:  # noqa: BLE001  one resource does not stop the others
                failures.append(Failure(one.reference, reason_of(error)))
                continue
            # a composite may have rows in common with others
            unwanted.get(one.rid, set()).difference_update(repair.entries_of(all_of(rows)))
            mark = repair.mark_of(rows)
            if mark[0] != one.param_hash:
                marks[one.rid] = mark
        delta = repair.Delta()
        for rid, entries in unwanted.items():
            delta.remove(rid, entries)
        repair.apply(work, delta, marks)
        return self._on(work, progress, found, len(marks), failures)

    def _rows(self, work: UnitOfWork, progress: Progress, end: int) -> dict[int, set[repair.Entry]]:
        """Return all rows that any version up to a key can have had, by resource.

        Versions count that nobody indexed by the parameter any more: the rows of the ones before
        are still there.
        """
        standard = self.runtime.editions.standard.registry
        added = additions_of([(self.kept.custom, self.kept.slot, None)])
        old = Extractor(standard.with_added(added))
        found: dict[int, set[repair.Entry]] = {}
        for one in walk.every_version(work, progress.type, progress.after, end):
            parameter = self._of(one.type, old)
            if parameter is not None and not one.deleted:
                rows = all_of(old.rows_of(parameter, decode(one.body)))
                found.setdefault(one.rid, set()).update(repair.entries_of(rows))
        return found

    def _of(self, type: str, extractor: Extractor) -> Parameter | None:
        known = extractor.registry.indexed(self.context.tenant, type)
        return known[self.kept.custom.code] if type in self.kept.custom.types else None

    def _require(self, work: UnitOfWork, state: str) -> None:
        """Go on only while the parameter is in this state. Raises Superseded."""
        kept = find(work, self.kept.id)
        if kept is None or kept.state != state:
            raise Superseded(f"the search parameter is no longer {state}")

    def _on(
        self,
        work: UnitOfWork,
        progress: Progress,
        found: list[Stored],
        changed: int,
        failures: list[Failure],
    ) -> Progress:
        """Return and keep the progress after a page."""
        counted = msgspec.structs.replace(
            progress,
            processed=progress.processed + len(found) - len(failures),
            changed=progress.changed + changed,
        )
        following = found[-1].rid if len(found) == STEP else None
        later = counted.with_failures(failures).moved(following)
        self.keep(work, later)
        return later
