"""Bringing a database to the state this version needs. Alembic is met here alone.

Commands call this; the serving processes never do, since Alembic costs a third of a second.
"""

from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from fhir_server.db.engine import Database
from fhir_server.db.failure import translated
from fhir_server.outcome import Conflict

SCRIPTS = Path(__file__).with_name("migrations")
LOCK = 7_236_110_934
"""Advisory lock of PostgreSQL under which one process migrates while others wait."""


@dataclass(frozen=True, slots=True)
class Status:
    """The revision a database is at, None when it is empty, and the newest there is.

    `is_newer` tells a database that a newer version of this software has upgraded.
    """

    current: str | None
    head: str
    is_newer: bool = False

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to do."""
        return self.current == self.head


def upgrade(database: Database, revision: str = "head") -> Status:
    """Run the revisions the database lacks, up to one of them; return where it is now.

    They are run as a whole or not at all. Raises Conflict for a database that a newer version has
    upgraded.
    """
    with translated(), database.engine.connect() as connection:
        _begin(connection, database.dialect)
        try:
            _refuse_newer(_status(connection))
            command.upgrade(_config(connection), revision)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
    return status(database)


def status(database: Database) -> Status:
    """Return where the database is and where it could be; changes nothing."""
    with translated(), database.engine.connect() as connection:
        return _status(connection)


def _status(connection: Connection) -> Status:
    scripts = ScriptDirectory(str(SCRIPTS))
    known = {one.revision for one in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    is_newer = current is not None and current not in known
    return Status(current, scripts.get_current_head() or "", is_newer)


def _refuse_newer(found: Status) -> None:
    if found.is_newer:
        raise Conflict(
            f"the database is at revision {found.current}, which is newer than this version "
            f"of Parity ({found.head})"
        )


def _begin(connection: Connection, dialect: str) -> None:
    """Begin the transaction of all revisions; the connection is in autocommit mode."""
    if dialect == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql("BEGIN")
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config
