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

SCRIPTS = Path(__file__).with_name("migrations")
LOCK = 7_236_110_934
"""Advisory lock of PostgreSQL under which one process migrates while others wait."""


@dataclass(frozen=True, slots=True)
class Status:
    """The revision a database is at, None when it is empty, and the newest there is."""

    current: str | None
    head: str

    @property
    def is_current(self) -> bool:
        """Whether nothing is left to do."""
        return self.current == self.head


def upgrade(database: Database) -> Status:
    """Run the revisions the database lacks, each whole or not at all; return where it is now."""
    with translated(), database.engine.connect() as connection:
        _begin(connection, database.dialect)
        try:
            command.upgrade(_config(connection), "head")
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
    return status(database)


def status(database: Database) -> Status:
    """Return where the database is and where it could be; changes nothing."""
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    with translated(), database.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return Status(current, head or "")


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
