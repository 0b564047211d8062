"""History of a type or of the system: versions newest first, a page at a time.

A page begins behind the last version of the one before by (updated, rid, ver). Many versions may
share one moment, as those of a transaction do; the key tells them apart, so none is shown twice or
left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, tuple_, union_all

from fhir_server.model.resource import Version
from fhir_server.search.listed import joined, listed
from fhir_server.search.visible import (
    Visible,
    version_arms,
    version_columns,
    versions,
    visible,
)
from fhir_server.store.content import from_aware
from fhir_server.store.reader import CHUNK, Reader, Rows

Place = tuple[int, int, int]
"""Where a version stands in a history: updated (microseconds since 1970), rid, ver."""


@dataclass(frozen=True, slots=True)
class Members:
    """Some versions among all: every one of some resources, by rid, and others by rid and ver."""

    rids: frozenset[int] = frozenset()
    single: frozenset[tuple[int, int]] = frozenset()

    def of_one(self, rid: int | None) -> "Members":
        """Return those of one resource."""
        return Members(
            frozenset(one for one in self.rids if one == rid),
            frozenset(one for one in self.single if one[0] == rid),
        )

    def among(self, rows: Visible) -> ColumnElement[bool]:
        """Whether a version is one of them."""
        rids = self.rids | {rid for rid, _ in self.single}
        found = listed(rows.c.rid, literal(joined(sorted(rids))))
        if not self.single:
            return found
        whole = listed(rows.c.rid, literal(joined(sorted(self.rids))))
        return and_(found, or_(whole, tuple_(rows.c.rid, rows.c.ver).in_(sorted(self.single))))


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a history is wanted; moments in microseconds since 1970.

    `since` is the first moment a version may have come about. `at` are the first and last moment
    of a period: only versions current at some time in it. `before` is where the page begins.
    `members` are the only ones wanted, None for all.
    """

    count: int
    since: int | None = None
    at: tuple[int, int] | None = None
    before: Place | None = None
    members: Members | None = None


def place_of(version: Version) -> Place:
    """Return where a version stands."""
    return from_aware(version.updated), version.rid, version.number


def history_of_types(reader: Reader, types: Sequence[str], part: Part) -> list[Version]:
    """Return the versions of these types newest first, at most `part.count`."""
    if not types or not part.count:
        return []
    chosen = [one for type in types for one in _newest(reader, type, part)]
    both = union_all(*chosen).subquery()
    newest = select(*both.c).order_by(both.c.updated.desc(), both.c.rid.desc(), both.c.ver.desc())
    places = [cast("Place", tuple(row)) for row in reader.rows(newest.limit(part.count))]
    found = {place_of(one): one for one in _bodies(reader, places)}
    return [found[place] for place in places if place in found]


def present_types(reader: Reader) -> list[str]:
    """Return the types of which there is or was a resource, in a step of the index for each."""
    types: list[str] = []
    rows = visible(None, reader.context, deleted=True)
    following = select(rows.c.type).order_by(rows.c.type).limit(1)
    found = reader.rows(following)
    while found:
        types.append(cast("str", found[0][0]))
        found = reader.rows(following.where(rows.c.type > types[-1]))
    return types


def _newest(reader: Reader, type: str, part: Part) -> Iterator[Rows]:
    """Yield the places of the newest current and the newest superseded versions of a type."""
    for rows in version_arms(type, reader.context):
        yield select(*newest_places(reader, type, part, rows).subquery().c)


def newest_places(reader: Reader, type: str, part: Part, rows: Visible) -> Rows:
    """Return the selection of the newest places among one kind of versions of a type."""
    key = (rows.c.updated, rows.c.rid, rows.c.ver)
    chosen = select(*key).where(*_limits(reader, type, part, rows))
    return chosen.order_by(*(column.desc() for column in key)).limit(part.count)


def _limits(reader: Reader, type: str, part: Part, rows: Visible) -> Iterator[ColumnElement[bool]]:
    if part.since is not None:
        yield rows.c.updated >= part.since
    if part.before is not None:
        yield tuple_(rows.c.updated, rows.c.rid, rows.c.ver) < tuple_(*part.before)
    if part.members is not None:
        yield part.members.among(rows)
    if part.at is not None:
        first, last = part.at
        yield rows.c.updated <= last
        yield or_(rows.c.updated > first, ~_is_followed(reader, type, rows, first))


def _is_followed(reader: Reader, type: str, rows: Visible, moment: int) -> ColumnElement[bool]:
    """Whether a version was superseded by this moment."""
    later = []
    for arm in version_arms(type, reader.context):
        after = and_(arm.c.rid == rows.c.rid, arm.c.ver > rows.c.ver, arm.c.updated <= moment)
        later.append(exists(select(arm.c.rid).where(after).correlate(rows)))
    return or_(*later)


def _bodies(reader: Reader, places: Sequence[Place]) -> Iterator[Version]:
    """Yield the versions at these places, in any order, and perhaps others of their resources."""
    rids = sorted({rid for _, rid, _ in places})
    for start in range(0, len(rids), CHUNK):
        some = rids[start : start + CHUNK]
        numbers = {ver for _, rid, ver in places}
        for rows in version_arms(None, reader.context):
            chosen = select(*version_columns(rows)).where(rows.c.rid.in_(some))
            yield from reader.select(chosen.where(rows.c.ver.in_(sorted(numbers))))


def first_relevant(reader: Reader, type: str, id: str, moment: int) -> int:
    """Return the number of the version of a resource current at a moment; 0 when none was."""
    rows = versions(type, reader.context)
    known = select(rows.c.ver).where(rows.c.fid == id, rows.c.updated <= moment)
    found = reader.rows(known.order_by(rows.c.ver.desc()).limit(1))
    return cast("int", found[0][0]) if found else 0
