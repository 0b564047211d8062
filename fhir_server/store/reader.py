"""Reading what a context may see. Every row comes from `search.visible`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import ColumnElement, Executable, Select, bindparam, func, select, true
from sqlalchemy.engine import Dialect

from fhir_server.db.session import Record, Session
from fhir_server.model.date import microseconds
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.search.key import self_key
from fhir_server.search.lead import lead, steadied
from fhir_server.search.moment import Moment
from fhir_server.search.plan import plan_count
from fhir_server.search.query import Query
from fhir_server.search.statement import Plan
from fhir_server.search.visible import Visible, stored_columns, version_columns, versions, visible
from fhir_server.store.content import from_aware
from fhir_server.store.identity import Clock
from fhir_server.store.version import version_of

Key = tuple[str, str]
"""Type and id of a resource."""
Rows = Select[*tuple[object, ...]]
Build = Callable[[str, Context], Rows]
CHUNK = 500
"""Rows or keys asked for at once where a caller may ask for any number."""

RUN = 20_000
"""Rows the database sends at once in a long run."""


class Reader:
    """Reads for the time of a `Store.read` block; each statement sees what is committed then."""

    def __init__(self, session: Session, context: Context, clock: Clock) -> None:
        self.context = context
        self._clock = clock
        self.session = session

    def current(self, type: str, id: str) -> Version | None:
        """Return the current version, a tombstone if it was deleted, None if never known."""
        rows = self._known(_current, type, fid=id)
        return version_of(rows[0]) if rows else None

    def version(self, type: str, id: str, number: int) -> Version | None:
        """Return one version, current or superseded."""
        rows = self._known(_version, type, fid=id, ver=number)
        return version_of(rows[0]) if rows else None

    def history(
        self,
        type: str,
        id: str,
        *,
        count: int = CHUNK,
        before: int | None = None,
        since: datetime | None = None,
    ) -> list[Version]:
        """Return versions newest first, at most `count`.

        `before` is the number the page begins below; `since` leaves out versions before it.
        """
        rows = versions(type, self.context)
        chosen = select(*version_columns(rows)).where(rows.c.fid == id)
        if before is not None:
            chosen = chosen.where(rows.c.ver < before)
        if since is not None:
            chosen = chosen.where(rows.c.updated >= from_aware(since))
        return self.select(chosen.order_by(rows.c.ver.desc()).limit(count))

    def many(self, keys: Sequence[Key]) -> dict[Key, Version]:
        """Return the current versions of these resources, tombstones too, in one statement.

        More than CHUNK keys take a statement for every CHUNK of them. Unknown ones are left out.
        """
        found = [version_of(row) for row in self._many(keys, locked=False)]
        return {(one.type, one.id): one for one in found}

    def select(self, statement: Rows) -> list[Version]:
        """Run a selection over `visible` that begins with `version_columns`."""
        return [version_of(row) for row in self.rows(statement)]

    def led(self, query: Query) -> Query:
        """Return the query with a criterion marked to begin with, if there is one.

        SQLite counts a few rows; PostgreSQL knows the frequencies of values, and plans once what
        needs none.
        """
        if self.session.dialect == "sqlite":
            return lead(query, self.tally, self._found)
        return steadied(query)

    def _found(self, query: Query, most: int) -> int:
        return self.tally(plan_count(query, self.context, most))

    def search(self, plan: Plan) -> list[Version]:
        """Return the versions a search plan selects."""
        return [version_of(row) for row in self._planned(plan)]

    def marked(self, plan: Plan) -> tuple[list[Version], Moment | None]:
        """Return the versions a plan selects, and the moment whose mark it selects besides.

        None without rows; and inside a unit of work, whose own writes no mark tells of yet.
        """
        rows = self._planned(plan)
        if not rows or self.session.open == "write":
            return [version_of(row) for row in rows], None
        moment = Moment(microseconds(self._clock()), str(rows[0][8]))
        return [version_of(row) for row in rows], moment

    def statement(self, plan: Plan) -> str:
        """Return the SQL of a plan, without its constants."""
        return plan.spell(self.session.spelling)[0]

    def explain(self, plan: Plan) -> list[str]:
        """Return the steps the database takes for a plan; no numbers, which tell of hidden rows."""
        text, values = plan.spell(self.session.spelling)
        if self.session.dialect == "sqlite":
            return [str(row[3]) for row in self.session.run(f"EXPLAIN QUERY PLAN {text}", values)]
        rows = self.session.run(f"EXPLAIN (COSTS OFF) {text}", values, prepare=False)
        return [str(row[0]) for row in rows]

    def tally(self, plan: Plan) -> int:
        """Return the number a search plan counts."""
        return cast("int", self._planned(plan)[0][0])

    def rows(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Sequence[Record]:
        """Run a selection over `visible`, or over tables that hold no resources."""
        return cast("Sequence[Record]", self.session.execute(statement, values))

    def count(self, statement: Rows) -> int:
        """Return how many rows a selection has, whatever its order."""
        counted = statement.order_by(None).subquery()
        rows = self.rows(select(func.count()).select_from(counted))
        return cast("int", rows[0][0])

    def counts(self) -> dict[str, int]:
        """Return the number of resources of each type there is."""
        rows = visible(None, self.context)
        grouped = select(rows.c.type, func.count()).group_by(rows.c.type).order_by(rows.c.type)
        return dict(cast("Sequence[tuple[str, int]]", self.rows(grouped)))

    def stream(
        self, type: str | None, *, since: datetime | None = None, chunk: int = CHUNK
    ) -> Iterator[Version]:
        """Yield the current versions in the order of their creation, a chunk a statement.

        Memory holds one chunk. What is written meanwhile may or may not be among them; a
        snapshot (`Store.read(..., snapshot=True)`) shows one moment.
        """
        return self._stream(visible(type, self.context), since, chunk)

    def bodies(self, type: str, *, since: datetime | None = None) -> Iterator[bytes]:
        """Yield the stored text of the current resources of a type in the order of their creation.

        The database sends a long run of rows at once, each as it is; so long as the time limit
        of statements is far off, and none is held in memory.
        """
        build = _run if since is None else _run_since
        text, constants = _spell(build, "", self.context.tenant, self.session.spelling)
        bound = {"type": type, "since": 0 if since is None else from_aware(since)}
        after, arrived = 0, RUN
        while arrived == RUN:
            arrived = 0
            run = self.session.pairs(text, {**constants, **bound, "after": after})
            for arrived, (rid, body) in enumerate(run, 1):  # noqa: B007  how many there were
                after = rid
                yield body

    def stream_deleted(
        self, type: str | None, *, since: datetime | None = None, chunk: int = CHUNK
    ) -> Iterator[Version]:
        """Yield the tombstones of what was deleted since a moment, as `stream` yields the rest."""
        rows = visible(type, self.context, deleted=True)
        return self._stream(rows, since, chunk, rows.c.deleted == true())

    def stream_versions(self, type: str | None, *, chunk: int = CHUNK) -> Iterator[Version]:
        """Yield every version of every resource, tombstones too, each resource's oldest first."""
        newest = visible(type, self.context, deleted=True)
        keys = select(newest.c.rid).where(newest.c.rid > bindparam("after"))
        keys = keys.order_by(newest.c.rid).limit(chunk)
        rows = versions(type, self.context)
        # a range of keys reaches into both halves of the union; a list of keys does not
        between = (rows.c.rid > bindparam("after"), rows.c.rid <= bindparam("last"))
        chosen = select(*version_columns(rows)).where(*between).order_by(rows.c.rid, rows.c.ver)
        after = 0
        while page := self.rows(keys.params(after=after)):
            last = cast("int", page[-1][0])
            yield from self.select(chosen.params(after=after, last=last))
            after = last

    def _stream(
        self, rows: Visible, since: datetime | None, chunk: int, *more: ColumnElement[bool]
    ) -> Iterator[Version]:
        chosen = select(*version_columns(rows)).where(rows.c.rid > bindparam("after"), *more)
        if since is not None:
            chosen = chosen.where(rows.c.updated >= from_aware(since))
        chosen = chosen.order_by(rows.c.rid).limit(chunk)
        after = 0
        while page := self.select(chosen.params(after=after)):
            yield from page
            after = page[-1].rid

    def _many(self, keys: Sequence[Key], *, locked: bool) -> Iterator[Record]:
        """Yield the rows of these resources; self keys find them, type and id confirm them."""
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), CHUNK):
            some = set(wanted[start : start + CHUNK])
            hashes = [self_key(self.context.tenant, *one) for one in some]
            found = self.rows(_by_self(self.context.tenant, locked), {"hashes": hashes})
            yield from (row for row in found if (row[1], row[2]) in some)

    def _planned(self, plan: Plan) -> list[Record]:
        """Run a search; PostgreSQL plans each for its own constants, unless it is steady."""
        text, values = plan.spell(self.session.spelling)
        return self.session.run(text, values, prepare=plan.steady)

    def _known(self, build: Build, type: str, **values: object) -> list[Record]:
        """Run one of the statements that come again and again, spelled once a type."""
        dialect = self.session.spelling
        text, constants = _spell(build, type, self.context.tenant, dialect)
        return self.session.run(text, {**constants, **values})


@lru_cache(maxsize=2048)
def _spell(
    build: Build, type: str, tenant: int, dialect: Dialect
) -> tuple[str, Mapping[str, object]]:
    compiled = build(type, Context(tenant=tenant)).compile(dialect=dialect)
    return str(compiled), dict(compiled.params)


@lru_cache(maxsize=64)
def _by_self(tenant: int, locked: bool) -> Rows:  # noqa: FBT001 - key of a cache
    rows = visible(None, Context(tenant=tenant), deleted=True)
    chosen = select(*stored_columns(rows)).where(
        rows.c.self.in_(bindparam("hashes", expanding=True))
    )
    return chosen.order_by(rows.c.rid).with_for_update() if locked else chosen


def _current(type: str, context: Context) -> Rows:
    rows = visible(type, context, deleted=True)
    return select(*version_columns(rows)).where(rows.c.fid == bindparam("fid"))


def _run(_: str, context: Context) -> Rows:
    """Return a run of bodies of a type that is bound: one text for all types."""
    return _run_of(visible(None, context))


def _run_since(_: str, context: Context) -> Rows:
    rows = visible(None, context)
    return _run_of(rows, rows.c.updated >= bindparam("since"))


def _run_of(rows: Visible, *more: ColumnElement[bool]) -> Rows:
    chosen = select(rows.c.rid, rows.c.body).where(rows.c.type == bindparam("type"), *more)
    return chosen.where(rows.c.rid > bindparam("after")).order_by(rows.c.rid).limit(RUN)


def _version(type: str, context: Context) -> Rows:
    rows = versions(type, context)
    chosen = select(*version_columns(rows)).where(rows.c.fid == bindparam("fid"))
    return chosen.where(rows.c.ver == bindparam("ver"))
