"""Statistics that keep up with a growing database.

PostgreSQL plans by statistics. Autovacuum gathers them about a minute after a table has grown; a
database just filled would answer its first searches from bad plans until then. So whoever fills
it has them gathered at once, whenever its rows have grown tenfold or so since the last time.
"""

import logging
import threading

from fhir_server.db.session import Session
from fhir_server.db.tables import ix_date, ix_eq, ix_num, ix_ref, ix_str, resource, resource_version
from fhir_server.outcome import FhirError

log = logging.getLogger("parity.store")

TABLES = (resource, resource_version, ix_eq, ix_ref, ix_str, ix_date, ix_num)
FIRST = 200
FACTOR = 8
KNOWN = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'resource'::regclass"
GATHER = f"ANALYZE {', '.join(table.name for table in TABLES)}"


class Growth:
    """Counts the resources this process creates; shared by its threads."""

    def __init__(self) -> None:
        self._created = 0
        self._due = FIRST
        self._guard = threading.Lock()

    def note(self, created: int, session: Session) -> None:
        """Add resources just committed, and gather statistics when there are enough new ones."""
        if not created or session.dialect != "postgresql":
            return
        with self._guard:
            self._created += created
            if self._created < self._due:
                return
            self._due = self._created * FACTOR
        try:
            known = session.run(KNOWN)[0][0]
            if isinstance(known, int) and known * FACTOR < self._due:
                session.run(GATHER, prepare=False)
        except FhirError as error:
            log.warning("statistics not gathered: %s", error)
