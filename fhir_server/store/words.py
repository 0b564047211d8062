"""The index of words behind `_text`, `_content` and `:text`, brought up to date after each commit.

A write leaves a mark, a row of `words_mark`, in its own transaction: nothing is lost, whatever
stops the process, and writing costs no more than that. Whoever writes rows of `resource` by other
ways leaves marks too, by `mark` or a statement of its own: a row (tenant, rid) for each resource
that is created, replaced, deleted or purged. The worker indexes what is marked; a search of words
does so itself before it answers, so that a client finds what it has just written. One process
indexes at a time, so that a resource always ends with the words of its last version.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import bindparam, select

from fhir_server.db.session import Session
from fhir_server.model.codec import decode
from fhir_server.model.rest import Context
from fhir_server.search.text.document import MARK, Document, Passage
from fhir_server.search.visible import visible
from fhir_server.store.reader import Reader, Rows
from fhir_server.store.unit_of_work import Store, Texts

log = logging.getLogger("parity.store")

Mark = tuple[int, int]
"""Tenant and internal key of a resource; the key ALL stands for every resource of the tenant."""
ALL = 0
BATCH = 300
"""Resources indexed in one transaction."""
LOCK = 7_236_110_935
"""Advisory lock of PostgreSQL under which one process indexes."""
PATIENCE = 2.0
"""Seconds a search waits for what is marked to be indexed."""
PAUSE = 0.02
MOST_BYTES = 350_000
"""Bytes of the words of each part that are kept: PostgreSQL refuses both together over 1 MiB."""
GAP = MARK
"""A word between two texts, so that no phrase reaches from one into the other."""
WAITING = "SELECT 1 FROM words_mark LIMIT 1"
TAKE = {
    "postgresql": (
        "DELETE FROM words_mark WHERE ctid = ANY (ARRAY(SELECT ctid FROM words_mark LIMIT %s)) "
        "RETURNING tenant, rid"
    ),
    "sqlite": (
        "DELETE FROM words_mark WHERE rowid IN (SELECT rowid FROM words_mark LIMIT ?) "
        "RETURNING tenant, rid"
    ),
}
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
FORGET_POSTGRESQL = "DELETE FROM ix_words WHERE rowid = ANY (%s::bigint[])"
FORGET_SQLITE = "DELETE FROM ix_words WHERE rowid = ?"
KEEP_POSTGRESQL = """
INSERT INTO ix_words (rowid, narrative, content)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])
ON CONFLICT (rowid) DO UPDATE SET narrative = excluded.narrative, content = excluded.content
"""
KEEP_SQLITE = "INSERT INTO ix_words (rowid, narrative, content) VALUES (?, ?, ?)"


def is_waiting(session: Session) -> bool:
    """Whether something is marked."""
    return bool(session.run(WAITING))


def settle_words(reader: Reader, texts: Texts, patience: float = PATIENCE) -> bool:
    """Index what is marked before a search of words; return False if some of it still waits.

    Runs in the unit of work that `reader` is, if it is one, and sees what that has written.
    """
    session, end = reader.session, time.monotonic() + patience
    reader.rows(select(1))  # a unit of work writes what it holds, and is open from then on
    if session.open == "snapshot":
        return not is_waiting(session)
    within = session.open is not None
    while is_waiting(session):
        if time.monotonic() >= end:
            return False
        if not _index_marked(session, texts, commits=not within):
            time.sleep(PAUSE)
    return True


@dataclass
class Settling:
    """The words of one search: `is_behind` tells that some could not be waited for."""

    reader: Reader
    texts: Texts
    is_behind: bool = False

    def settle(self) -> None:
        """Index what is marked."""
        self.is_behind = not settle_words(self.reader, self.texts)


def index_marked(store: Store) -> bool:
    """Index some of what is marked; return whether there was any. For the worker."""
    if store.texts is None:
        return False
    with store.database.session() as session:
        return is_waiting(session) and _index_marked(session, store.texts, commits=True)


def forget_words(store: Store, tenant: int) -> None:
    """Forget all words, as befits a server that keeps none; should it keep some, all are marked."""
    with store.database.session() as session:
        session.begin()
        session.run("DELETE FROM words_mark")
        session.run("DELETE FROM ix_words")
        mark(session, [(tenant, ALL)])
        session.commit()


def forget(session: Session, rids: Sequence[int]) -> None:
    """Forget the words of resources that are taken out, in the open transaction."""
    if session.dialect == "sqlite":
        session.run_many(FORGET_SQLITE, [(rid,) for rid in rids])
    elif rids:
        session.run(FORGET_POSTGRESQL, (list(rids),))


def mark(session: Session, marks: Sequence[Mark]) -> None:
    """Mark resources whose words are to be indexed or forgotten, in the open transaction."""
    if session.dialect == "sqlite":
        session.run_many("INSERT INTO words_mark (tenant, rid) VALUES (?, ?)", marks)
        return
    tenants, rids = zip(*marks, strict=True)
    text = "INSERT INTO words_mark (tenant, rid) SELECT * FROM unnest(%s::int[], %s::bigint[])"
    session.run(text, (list(tenants), list(rids)))


def _index_marked(session: Session, texts: Texts, *, commits: bool) -> bool:
    """Index a batch; return False when another process is at it."""
    session.begin()
    try:
        taken = _take(session)
        for tenant in sorted({tenant for tenant, _ in taken}):
            rids = sorted({rid for one, rid in taken if one == tenant})
            if rids and rids[0] == ALL:
                _mark_all(session, tenant)
            _index(session, tenant, [rid for rid in rids if rid != ALL], texts)
    except BaseException:
        if commits:
            session.rollback()
        raise
    if commits:
        session.commit()
    return bool(taken)


def _take(session: Session) -> list[Mark]:
    """Take marks, as the only process that does; none when another is at it."""
    if session.dialect == "postgresql" and not session.run(TRY_LOCK, (LOCK,))[0][0]:
        return []
    return cast("list[Mark]", session.run(TAKE[session.dialect], (BATCH,), prepare=False))


def _mark_all(session: Session, tenant: int) -> None:
    rows = visible(None, Context(tenant=tenant))
    marks = [(tenant, cast("int", row[0])) for row in session.execute(select(rows.c.rid))]
    if marks:
        mark(session, marks)


def _index(session: Session, tenant: int, rids: Sequence[int], texts: Texts) -> None:
    """Give these resources the words they have now; those that are gone have none."""
    found = session.execute(_bodies(tenant), {"rids": list(rids)})
    kept = [
        (cast("int", rid), *_texts(texts(decode(cast("str", body).encode()), tenant)))
        for rid, body in found
    ]
    if session.dialect == "sqlite":
        forget(session, rids)
        session.run_many(KEEP_SQLITE, kept)
        return
    forget(session, list(set(rids) - {row[0] for row in kept}))
    if kept:
        session.run(KEEP_POSTGRESQL, [list(column) for column in zip(*kept, strict=True)])


def _texts(document: Document) -> tuple[str, str]:
    """Return the words of both parts; a gap follows the narrative, for PostgreSQL joins them."""
    narrative = _joined(document.narrative)
    return (f"{narrative} {GAP}" if narrative else "", _joined(document.content))


def _joined(passages: Iterable[Passage]) -> str:
    text = f" {GAP} ".join(map(" ".join, passages))
    packed = text.encode()
    if len(packed) <= MOST_BYTES:
        return text
    kept = packed[:MOST_BYTES].decode(errors="ignore")
    return kept.rpartition(" ")[0]  # the last word may be cut


def _bodies(tenant: int) -> Rows:
    rows = visible(None, Context(tenant=tenant))
    chosen = select(rows.c.rid, rows.c.body)
    return chosen.where(rows.c.rid.in_(bindparam("rids", expanding=True)))
