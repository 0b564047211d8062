"""Group commit on SQLite: units of work that only write share one transaction and one sync.

Whoever comes while another commits waits and goes along with the next. The first of those who
wait commits for all of them; nobody returns before the commit that holds his writes is on disk.
A unit of work that is refused (an id that is taken) is undone alone.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from fhir_server.db.session import Session
from fhir_server.outcome import FhirError, Unavailable
from fhir_server.store import sqlite
from fhir_server.store.write import Write

MOST = 64
"""Units of work in one transaction, so that no writer of another kind waits for long."""


@dataclass(eq=False, slots=True)
class Entry:
    """One unit of work: what it writes, and how it ended.

    `generation` is that of the search parameters its index rows are of.
    """

    tenant: int
    generation: int
    writes: Sequence[Write]
    turn: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    error: BaseException | None = None

    @property
    def kind(self) -> tuple[int, int]:
        """Tenant and generation: units of work that share them are written together."""
        return self.tenant, self.generation


class Commits:
    """The units of work of this process that wait to be committed; shared by its threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: list[Entry] = []
        self._busy = False

    @property
    def waiting(self) -> tuple[Entry, ...]:
        """The units of work not yet begun to be written."""
        return tuple(self._waiting)

    def commit(
        self, session: Session, tenant: int, generation: int, writes: Sequence[Write]
    ) -> None:
        """Write and commit, alone or with others.

        Raises Conflict, Raced, Unavailable; Outdated as `sqlite.write` does.
        """
        own = Entry(tenant, generation, writes)
        with self._guard:
            self._waiting.append(own)
            leads, self._busy = not self._busy, True
        if not leads:
            own.turn.wait()
        if not own.ended:
            self._lead(session)
        if own.error is not None:
            raise own.error

    def _lead(self, session: Session) -> None:
        """Commit what waits once it is this process's turn to write, then let the next one lead."""
        group: list[Entry] = []
        try:
            session.begin()
            group = self._take()
            write_group(session, group)
            session.commit()
        except BaseException as failure:
            group = group or self._take()
            for one in group[1:]:
                known = isinstance(failure, FhirError)
                one.error = failure if known else Unavailable("the write could not be committed")
            session.rollback()
            raise
        finally:
            self._release(group)

    def _take(self) -> list[Entry]:
        with self._guard:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return group

    def _release(self, group: Sequence[Entry]) -> None:
        """Wake those whose writes are committed or refused, and the next to lead."""
        with self._guard:
            following = self._waiting[0] if self._waiting else None
            self._busy = following is not None
        for one in group:
            one.ended = True
            one.turn.set()
        if following is not None:
            following.turn.set()


def write_group(session: Session, group: Sequence[Entry]) -> None:
    """Write units of work together, or one by one when together they are refused."""
    try:
        with session.attempt():
            for kind in {one.kind for one in group}:
                together = [w for one in group if one.kind == kind for w in one.writes]
                sqlite.write(session, *kind, together)
    except FhirError as error:
        if len(group) == 1:
            group[0].error = error
            return
        for one in group:
            write_group(session, [one])
