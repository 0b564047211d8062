"""How many messages of each feed wait to be applied: what holds back a sender that is ahead."""

from typing import cast

from sqlalchemy import func, select

from fhir_server.db.tables import message_queue as table
from fhir_server.store.reader import Reader


def by_feed(reader: Reader) -> dict[str, int]:
    """Return how many messages of each feed wait, parked ones left out."""
    own = (table.c.tenant == reader.context.tenant, ~table.c.parked)
    chosen = select(table.c.feed, func.count()).where(*own).group_by(table.c.feed)
    return {cast("str", feed): cast("int", number) for feed, number in reader.rows(chosen)}
