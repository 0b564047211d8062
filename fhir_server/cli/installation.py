"""The database and store of an installation, for commands that look after it."""

import click

from fhir_server.db.engine import Database
from fhir_server.db.revision import applied_revision, newest_revision
from fhir_server.model.rest import Context
from fhir_server.outcome import Unavailable
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError, Settings

NO_TABLES = (
    "the database has not the tables of this version: run `parity init`, "
    "or see what `parity db status` tells"
)


def has_tables(database: Database) -> bool:
    """Whether a database has the tables of this version. Raises Unavailable."""
    try:
        with database.session() as session:
            return applied_revision(session) == newest_revision()
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001  each driver says in its own words that a table is missing
        return False


def open_ready_runtime() -> Runtime:
    """Return the runtime of an installation whose database has the tables of this version.

    It is closed when the command ends. Raises SettingError, telling the remedy, for a database
    that is empty or at another revision.
    """
    runtime = Runtime.build(Settings.load())
    click.get_current_context().call_on_close(runtime.store.database.close)
    if not has_tables(runtime.store.database):
        raise SettingError(NO_TABLES)
    return runtime


def open_runtime_if_any() -> Runtime | None:
    """Return the runtime of an installation, None where its database cannot be used.

    For commands that work without one and know more with it.
    """
    try:
        return open_ready_runtime()
    except (SettingError, Unavailable):
        return None


def operator(runtime: Runtime) -> Context:
    """Return the context of a person at the command line: all of the tenant's data."""
    return Context(tenant=runtime.settings.tenant, client="command-line")
