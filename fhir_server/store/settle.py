"""Waiting out the writers, so that a moment before is wholly in the database.

A resource is stamped before its transaction commits. Who promises "everything up to this moment"
has to wait for the transactions that were open then.
"""

import time

from fhir_server.model.rest import Context
from fhir_server.outcome import Unavailable
from fhir_server.store.unit_of_work import Store

MARGIN = 2_000_000
"""Microseconds between the stamping of a resource and the begin of its transaction, at most."""
PAUSE = 0.05
PATIENCE = 60.0
NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
OPEN = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND (backend_xid IS NOT NULL OR (state = 'active' AND query LIKE '%%INSERT INTO resource%%'))
  AND (extract(epoch FROM xact_start) * 1000000)::bigint <= %s"""


def settled_moment(store: Store, now: int, patience: float = PATIENCE) -> int:
    """Return a moment shortly before `now` up to which every write is committed or undone.

    Moments are in microseconds since 1970. Raises Unavailable when a transaction stays open
    longer than `patience` seconds.
    """
    if store.database.dialect == "sqlite":
        _wait_for_turn(store)
    else:
        _wait_for_transactions(store, patience)
    return now - MARGIN


def _wait_for_turn(store: Store) -> None:
    """Take the only writer's turn, which comes when the one before has ended."""
    with store.database.session() as session:
        session.begin()
        session.rollback()


def _wait_for_transactions(store: Store, patience: float) -> None:
    with store.read(Context()) as reader:
        begun = reader.session.run(NOW)[0][0]
        waited = 0.0
        while reader.session.run(OPEN, (begun,))[0][0]:
            if waited >= patience:
                raise Unavailable("a write has been open for too long; try again later")
            time.sleep(PAUSE)
            waited += PAUSE
