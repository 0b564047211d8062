"""Feeds of HL7 v2: one row each, and the codes their ConceptMaps translate.

A FeedBook keeps what was read for a second, so that a feed changed elsewhere is soon in force.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import feed as table
from fhir_server.model.feed import FeedRecord
from fhir_server.outcome import NotFound
from fhir_server.store.feed_codes import tables_of
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.v2_fhir.feed import Feed
from profiles.typed import TypedReader

_FEED = TypedReader(FeedRecord)
FRESH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed, and what the maps know of it, with the codes of its ConceptMap."""

    record: FeedRecord
    feed: Feed


class FeedBook:
    """The feeds of a tenant as they were read a moment ago; shared by threads.

    `default` is the feed of messages that no other takes, where none of its id is kept.
    """

    def __init__(self, default: FeedRecord, now: Callable[[], float] = time.monotonic) -> None:
        self._default = default
        self._now = now
        self._read: tuple[float, Mapping[str, KnownFeed]] | None = None

    @property
    def default(self) -> str:
        """The id of the default feed."""
        return self._default.id

    def known(self, lend: Callable[[], AbstractContextManager[Reader]]) -> Mapping[str, KnownFeed]:
        """Return the feeds by id, read again when they were read a second ago."""
        read = self._read
        if read is None or self._now() - read[0] > FRESH_SECONDS:
            with lend() as reader:
                read = self._read = (self._now(), self.read(reader))
        return read[1]

    def read(self, reader: Reader) -> Mapping[str, KnownFeed]:
        """Return the feeds by id as they are now."""
        records = {self._default.id: self._default} | dict(known(reader))
        codes = tables_of(reader, list(records))
        return {
            id: KnownFeed(record, record.to_feed(codes.get(id))) for id, record in records.items()
        }

    def forget(self) -> None:
        """Read the feeds again when they are next asked for."""
        self._read = None


def put(work: UnitOfWork, feed: FeedRecord) -> None:
    """Add a feed or replace the one with its id."""
    dialect = sqlite if work.session.dialect == "sqlite" else postgresql
    data = msgspec.json.encode(feed).decode()
    row = {"tenant": work.context.tenant, "id": feed.id, "data": data}
    added = dialect.insert(table).values(row)
    work.change(added.on_conflict_do_update(index_elements=["tenant", "id"], set_={"data": data}))


def get(reader: Reader, id: str) -> FeedRecord:
    """Return a feed. Raises NotFound."""
    found = known(reader).get(id)
    if found is None:
        raise NotFound(f"feed {id} is not known")
    return found


def known(reader: Reader) -> Mapping[str, FeedRecord]:
    """Return the feeds by id, in its order."""
    own = table.c.tenant == reader.context.tenant
    rows = reader.rows(select(table.c.id, table.c.data).where(own).order_by(table.c.id))
    return {cast("str", id): _FEED.decode(cast("str", data)) for id, data in rows}


def remove(work: UnitOfWork, id: str) -> None:
    """Remove a feed; its messages stay. Raises NotFound."""
    own = (table.c.tenant == work.context.tenant, table.c.id == id)
    if work.change(delete(table).where(*own)) != 1:
        raise NotFound(f"feed {id} is not known")
