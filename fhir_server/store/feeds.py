"""Feeds of HL7 v2: one row each, and the codes their ConceptMaps translate."""

from collections.abc import Mapping
from typing import cast

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from fhir_server.db.tables import feed as table
from fhir_server.model.feed import FeedRecord
from fhir_server.outcome import NotFound
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

_FEED = TypedReader(FeedRecord)


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
