"""The door to the database: reading, and units of work that commit as a whole or not at all."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Executable, bindparam, select

from fhir_server.db.engine import Database
from fhir_server.db.failure import Outdated, Raced
from fhir_server.db.session import Record, Session
from fhir_server.model.codec import decode
from fhir_server.model.date import microseconds
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.search.extract import Extractor
from fhir_server.search.key import self_key
from fhir_server.search.rows import Rows
from fhir_server.search.statement import Plan
from fhir_server.search.text.document import Document
from fhir_server.search.visible import stored_columns, visible
from fhir_server.store import postgresql, sqlite
from fhir_server.store.claim import hold
from fhir_server.store.commits import Commits
from fhir_server.store.content import content_hash, from_aware, is_reordered, make_content
from fhir_server.store.edition import Edition, Editions
from fhir_server.store.growth import Growth
from fhir_server.store.identity import Clock, Ids
from fhir_server.store.index import NONE, Change, all_of, difference
from fhir_server.store.prepare import Prepared, prepare
from fhir_server.store.reader import Key, Reader
from fhir_server.store.reader import Rows as Selection
from fhir_server.store.sought import Sought
from fhir_server.store.version import Stored, stored_of
from fhir_server.store.write import Create, Delete, Update, Wish, Write

T = TypeVar("T")
Extract = Callable[[JsonObject, int], Rows]
"""Makes the index rows of a resource of a tenant: `search.extract`."""
Hook = Callable[["UnitOfWork", Stored], None]
"""What else is done, in the same unit of work, once a version is written or found unchanged."""
Texts = Callable[[JsonObject, int], Document]
"""Makes the words of a resource: `search.text.document`. Without, none are kept."""
WRITERS = {"postgresql": postgresql.write, "sqlite": sqlite.write}
ATTEMPTS = 4
PAUSE = 0.01


@dataclass(frozen=True, slots=True)
class Store:
    """The resources, jobs, exchanges and accounts of one database; shared by all threads.

    `extract` indexes by the standard's parameters; with `editions`, by a tenant's own as well.
    `hooks` are by resource type.
    """

    database: Database
    extract: Extract
    clock: Clock
    ids: Ids = field(compare=False)
    editions: Editions | None = field(default=None, compare=False)
    hooks: Mapping[str, Hook] = field(default_factory=dict, compare=False)
    texts: Texts | None = None
    growth: Growth = field(default_factory=Growth, compare=False)
    commits: Commits = field(default_factory=Commits, compare=False)

    @contextmanager
    def read(self, context: Context, *, snapshot: bool = False) -> Iterator[Reader]:
        """Lend a reader. With `snapshot` all its statements see the database of one moment."""
        with self.database.session() as session:
            if snapshot:
                session.begin("snapshot")
            yield Reader(session, context, self.clock)

    @contextmanager
    def write(self, context: Context, *, hopeful: bool = False) -> Iterator["UnitOfWork"]:
        """Lend a unit of work: committed at the end of the block, undone when it raises.

        Writes may wait until then, so Conflict (an id is taken) and Raced (another write came
        between) may be raised by the end of the block. A `hopeful` one holds no version that is
        to be replaced: for who can run it again when it raced.
        """
        with self.database.session() as session:
            work = UnitOfWork(self, session, context, hopeful=hopeful)
            try:
                yield work
                work.finish()
            except BaseException:
                session.rollback()
                raise
            self.growth.note(work.created, session)

    def transact(self, context: Context, action: Callable[["UnitOfWork"], T]) -> T:
        """Run an action in a unit of work; run it again, a few times, when it raced.

        This is the outermost place, and the only one, where work is repeated: serialisation
        failures, deadlocks and lost races are the reasons. The action must do nothing but
        through its unit of work. Raises Raced, a 503, when the last attempt raced too.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                with self.write(context, hopeful=attempt == 1) as work:
                    return action(work)
            except Raced:
                time.sleep(PAUSE * attempt)
        with self.write(context) as work:
            return action(work)


class UnitOfWork(Reader):
    """One transaction: a reader that writes. It sees its own writes.

    Writes wait until something is read or the block ends. What is then still not a transaction is
    a single statement without BEGIN and COMMIT on PostgreSQL, and on SQLite part of a transaction
    shared with others who write at that moment. `written` are type, id and number of each new
    version.
    """

    def __init__(
        self, store: Store, session: Session, context: Context, *, hopeful: bool = False
    ) -> None:
        super().__init__(session, context, store.clock)
        self._store = store
        self._hopeful = hopeful and session.dialect == "postgresql"
        self._waiting: dict[int, Write] = {}
        self.created = 0
        self.written: list[tuple[str, str, int]] = []
        self._now: int | None = None
        self._claimed: set[str] = set()
        self._held: dict[Key, Stored | None] = {}
        self.sought = Sought()
        self._edition: Edition | None = None
        self._changes_edition = False

    @property
    def edition(self) -> Edition | None:
        """The search parameters resources are indexed by; None: the store's own extractor alone."""
        editions = self._store.editions
        if self._edition is None and editions is not None:
            self._edition = editions.known(self.context.tenant, self.session)
        return self._edition

    def forget_edition(self) -> None:
        """Let the next unit of work look which search parameters are in force."""
        self._edition = None
        if self._store.editions is not None:
            self._store.editions.forget(self.context.tenant)

    def renew_edition(self) -> None:
        """Index by the search parameters as this unit of work has changed them.

        Nobody else sees them before it commits.
        """
        editions = self._store.editions
        if editions is not None:
            self._changes_edition = True
            self._edition = editions.load(self.context.tenant, self.session)

    @property
    def now(self) -> int:
        """The moment of this unit of work in microseconds since 1970: its lastUpdated.

        What replaces a version is stamped in the transaction that holds it: on SQLite the moments
        of replacing follow each other as their commits do (`search.moment`).
        """
        if self._now is None:
            self._now = microseconds(self._store.clock())
        return self._now

    def lock(self, type: str, id: str) -> Stored | None:
        """Return the current version, or tombstone, held against other writers until the end."""
        self._begin()
        return self._latest(_locked, type, id)

    def replaceable(self, type: str, id: str) -> Stored | None:
        """Return the current version, or tombstone, to be replaced or left as it is.

        It is held like one that is locked, or else, in the first and hopeful attempt, replacing
        it raises Raced when another write came between: two round trips instead of four.
        """
        if self._hopeful and not self.session.open and not self._waiting:
            return self._latest(_with_hashes, type, id)
        return self.lock(type, id)

    def _latest(
        self, build: Callable[[str, Context], Selection], type: str, id: str
    ) -> Stored | None:
        rows = self._known(build, type, fid=id)
        return stored_of(rows[0]) if rows else None

    def lock_many(self, keys: Sequence[Key]) -> dict[Key, Stored]:
        """Return and hold the current versions of these resources; unknown ones are left out.

        Rows are locked in the order of their creation, so that two such calls cannot deadlock.
        What is held, or was not there, is not asked for again until it is written.
        """
        fresh = [key for key in keys if key not in self._held]
        if fresh or not self.session.open:
            self._begin()
        if fresh:
            found = [stored_of(row) for row in self._many(fresh, locked=True)]
            self._held |= dict.fromkeys(fresh) | {(one.type, one.id): one for one in found}
        return {key: held for key in keys if (held := self._held[key]) is not None}

    def claim(self, key: str) -> None:
        """Let no other unit of work hold this claim until the end of this one.

        Who claims its criteria, searches, then creates, creates once (If-None-Exist).
        """
        self.claim_many((key,))

    def claim_many(self, keys: Iterable[str]) -> None:
        """Hold several claims, in the order of their texts, by one statement."""
        fresh = set(keys) - self._claimed
        if fresh or not self.session.open:
            self._begin()
        if fresh:
            self._claimed |= fresh
            hold(self.session, self.context.tenant, fresh)

    def create(self, type: str, id: str | None, resource: JsonObject) -> Stored:
        """Create a resource; without an id the server gives one."""
        return self.apply((Create(type, resource, id),))[0]

    def update(
        self, current: Stored, resource: JsonObject, former: JsonObject | None = None
    ) -> Stored:
        """Replace a resource; content that is the same leaves the current version current.

        `former` is the tree of the current body, where it is known.
        """
        return self.apply((Update(current, resource, former),))[0]

    def delete(self, current: Stored) -> Stored:
        """Put a tombstone in the place of a resource."""
        return self.apply((Delete(current),))[0]

    def apply(self, wishes: Sequence[Wish]) -> list[Stored]:
        """Write many at once, in few statements; the versions answer the wishes in order."""
        rids = iter(self._store.ids.keys(sum(isinstance(one, Create | Prepared) for one in wishes)))
        written = [self._plan(wish, rids) for wish in wishes]
        for one in written:
            self._held.pop((one.type, one.id), None)
        if self._store.hooks:
            for one in written:
                hook = self._store.hooks.get(one.type)
                if hook is not None:
                    hook(self, one)
        return written

    def rows(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Sequence[Record]:
        """Run a selection; it sees what this unit of work has written."""
        self.flush()
        return super().rows(statement, values)

    def change(self, statement: Executable, values: Mapping[str, object] | None = None) -> int:
        """Run a statement that changes rows of other tables; return how many."""
        self._begin()
        return self.session.change(statement, values)

    def changed(self, statement: Executable) -> Sequence[Record]:
        """Run a statement that changes such rows and returns them."""
        self._begin()
        return super().rows(statement)

    def forget(self, keys: Sequence[Key]) -> None:
        """Hold nothing of resources whose rows were taken out."""
        for key in keys:
            self._held.pop(key, None)

    def new_key(self) -> int:
        """Return a new internal key, for a job or an exchange."""
        return self._store.ids.key()

    @contextmanager
    def part(self) -> Iterator[None]:
        """Undo what the block did when it raises, and nothing else of this unit of work."""
        self._begin()
        self.session.run("SAVEPOINT part")
        count = len(self.written)
        try:
            yield
            self.flush()
        except BaseException:
            self._waiting.clear()
            self._held.clear()
            self._edition = None
            del self.written[count:]
            self.session.run("ROLLBACK TO SAVEPOINT part")
            self.session.run("RELEASE SAVEPOINT part")
            raise
        self.session.run("RELEASE SAVEPOINT part")

    def flush(self) -> None:
        """Write what waits, inside the transaction."""
        if self._waiting:
            self.session.begin()
            self._write()

    def finish(self) -> None:
        """Write what waits and commit."""
        if len(self._waiting) > 1 and any(one.previous for one in self._waiting.values()):
            self.session.begin()  # if one of them raced, none is written
        if self.session.open:
            self.flush()
            self.session.commit()
        elif self._waiting:
            self._write()  # a transaction of its own, or one shared with others
        if self._changes_edition:
            self.forget_edition()

    def begin(self) -> None:
        """Begin the transaction now, so that what is read next is held until the end."""
        self._begin()

    def _begin(self) -> None:
        if not self.session.open and not self._waiting:
            self._now = None
        self.session.begin()
        self.flush()

    def _write(self) -> None:
        writes, self._waiting = list(self._waiting.values()), {}
        if writes:
            self._send(writes)
            self.created += sum(not one.previous for one in writes)

    @property
    def _generation(self) -> int:
        """The generation of search parameters that index rows are made of."""
        return self.edition.number if self.edition is not None else 0

    def _send(self, writes: Sequence[Write]) -> None:
        number = self._generation
        try:
            if self.session.dialect == "sqlite" and not self.session.open:
                self._store.commits.commit(self.session, self.context.tenant, number, writes)
            else:
                WRITERS[self.session.dialect](self.session, self.context.tenant, number, writes)
        except Outdated:
            self.forget_edition()
            raise

    def _extract(self, resource: JsonObject) -> Rows:
        edition = self.edition
        extract = self._store.extract if edition is None else edition.extractor
        return extract(resource, self.context.tenant)

    def _planned(self, plan: Plan) -> list[Record]:
        self.flush()
        return super()._planned(plan)

    def _known(
        self, build: Callable[[str, Context], Selection], type: str, **values: object
    ) -> list[Record]:
        self.flush()
        return super()._known(build, type, **values)

    def _plan(self, wish: Wish, rids: Iterator[int]) -> Stored:
        if isinstance(wish, Create):
            fid = wish.id or self._store.ids.resource_id()
            wish = self._prepared(wish.type, fid, wish.resource)
        if isinstance(wish, Prepared):
            if wish.generation != self._generation:  # made by another process before a change
                wish = self._prepared(wish.type, wish.id, decode(wish.body))
            return self._wait(self._created(wish, next(rids)))
        replaced = self._updated(wish) if isinstance(wish, Update) else self._deleted(wish)
        return wish.current if replaced is None else self._wait(replaced)

    def _wait(self, write: Write) -> Stored:
        if write.rid in self._waiting:
            self.flush()
        self._waiting[write.rid] = write
        self.sought.forget(write.added.eq)
        self.written.append((write.type, write.fid, write.number))
        return write.stored

    def _prepared(self, type: str, id: str, resource: JsonObject) -> Prepared:
        edition, tenant = self.edition, self.context.tenant
        extract = self._store.extract if edition is None else edition.extractor
        return prepare(type, id, resource, extract, tenant, self._generation)

    def _created(self, wish: Prepared, rid: int) -> Write:
        return Write(
            rid=rid,
            type=wish.type,
            fid=wish.id,
            self_key=self_key(self.context.tenant, wish.type, wish.id),
            number=1,
            updated=self.now,
            deleted=False,
            operation="create",
            labels=wish.labels,
            body_hash=wish.body_hash,
            param_hash=wish.param_hash,
            present=wish.present,
            body=wish.stamped(self.now),
            previous=0,
            added=wish.rows,
            removed=NONE,
            marked=self._store.texts is not None,
        )

    def _updated(self, wish: Update) -> Write | None:
        """Return the write, None when the content is unchanged."""
        old = wish.current
        hash = content_hash(wish.resource, old.type, old.id)
        if hash == old.body_hash and not old.deleted:
            return None
        updated = self._after(old)
        content = make_content(wish.resource, old.type, old.id, old.number + 1, updated, hash)
        former = None if old.deleted else wish.former or decode(old.body)
        if former is not None and is_reordered(content, former, old.type, old.id):
            return None
        gone, rows = self._both(former, content.resource)
        is_same = rows.hash == old.param_hash and not old.deleted
        before, after = (NONE, NONE) if is_same else (all_of(gone), all_of(rows))
        return Write(
            rid=old.rid,
            type=old.type,
            fid=old.id,
            self_key=self_key(self.context.tenant, old.type, old.id),
            number=old.number + 1,
            updated=updated,
            deleted=False,
            operation="update",
            labels=content.labels,
            body_hash=content.hash,
            param_hash=rows.hash,
            present=rows.present,
            body=content.body,
            previous=old.number,
            added=difference(after, before),
            removed=difference(before, after),
            marked=self._store.texts is not None,
            indexed=old.param_hash,
        )

    def _both(self, former: JsonObject | None, latter: JsonObject) -> tuple[Rows, Rows]:
        """Return the index rows of the version that was, and of the one that follows it."""
        edition = self.edition
        extract = self._store.extract if edition is None else edition.extractor
        if former is None:
            return Rows(), extract(latter, self.context.tenant)
        if isinstance(extract, Extractor):
            return extract.both(former, latter, self.context.tenant)
        return extract(former, self.context.tenant), extract(latter, self.context.tenant)

    def _deleted(self, wish: Delete) -> Write | None:
        """Return the write, None when it is deleted already."""
        old = wish.current
        if old.deleted:
            return None
        return Write(
            rid=old.rid,
            type=old.type,
            fid=old.id,
            self_key=self_key(self.context.tenant, old.type, old.id),
            number=old.number + 1,
            updated=self._after(old),
            deleted=True,
            operation="delete",
            labels=None,
            body_hash=0,
            param_hash=0,
            present=0,
            body=b"",
            previous=old.number,
            added=NONE,
            removed=self._index(old),
            marked=self._store.texts is not None,
            indexed=old.param_hash,
        )

    def _after(self, old: Stored) -> int:
        """Return the moment of a version that follows another: later, whatever the clock says."""
        return max(self.now, from_aware(old.updated) + 1)

    def _index(self, old: Stored) -> Change:
        """Return the index rows a stored version has, recomputed from its body."""
        if old.deleted:
            return NONE
        return all_of(self._extract(decode(old.body)))


def _locked(type: str, context: Context) -> Selection:
    return _with_hashes(type, context).with_for_update()


def _with_hashes(type: str, context: Context) -> Selection:
    rows = visible(type, context, deleted=True)
    return select(*stored_columns(rows)).where(rows.c.fid == bindparam("fid"))
