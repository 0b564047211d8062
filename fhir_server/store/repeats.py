"""Answers to requests that may be sent again: kept in the commit of what they did.

Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
"""

from typing import cast

import msgspec
from sqlalchemy import delete, insert, select

from fhir_server.db.tables import repeat as table
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

HOUR = 3600 * 1_000_000


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer: status, body (as text, or else as data), headers, and the version it shows.

    `version` is type, id and number of the version whose headers it has; `shows` says that the
    body is that version, which is then not kept twice.
    """

    status: int
    media_type: str
    headers: dict[str, str]
    text: str | None = None
    data: bytes | None = None
    location: str | None = None
    version: tuple[str, str, int] | None = None
    shows: bool = False


_KEPT = TypedReader(Kept)


def find(work: UnitOfWork, key: str, hours: int) -> tuple[str, Kept] | None:
    """Return the hash of the request a key came with and its answer, None when it is new.

    The key is this unit of work's until its end: who comes with it at the same time waits.
    """
    context = work.context
    work.claim(f"repeat {context.client} {key}")
    work.change(delete(table).where(table.c.created < work.now - hours * HOUR))
    own = (table.c.tenant == context.tenant, table.c.client == context.client, table.c.key == key)
    rows = work.rows(select(table.c.request, table.c.answer).where(*own))
    if not rows:
        return None
    request, answer = cast("tuple[str, str]", tuple(rows[0]))
    return request, _KEPT.decode(answer)


def keep(work: UnitOfWork, key: str, request: str, answer: Kept) -> None:
    """Keep the answer to the request that came with a key."""
    context = work.context
    work.change(
        insert(table).values(
            tenant=context.tenant,
            client=context.client,
            key=key,
            request=request,
            answer=msgspec.json.encode(answer).decode(),
            created=work.now,
        )
    )
