"""The database and store of an installation, for commands that look after it."""

from fhir_server.db import migrate
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError, Settings


def open_runtime() -> Runtime:
    """Return the runtime of the settings in force. Raises SettingError."""
    return Runtime.build(Settings.load())


def open_ready_runtime() -> Runtime:
    """Return the runtime of an installation whose database has the tables of this version.

    Raises SettingError, telling the remedy, for a database that is empty or at another revision.
    """
    runtime = open_runtime()
    if not migrate.status(runtime.store.database).is_current:
        raise SettingError("the database has not the tables of this version: run `parity init`")
    return runtime


def operator(runtime: Runtime) -> Context:
    """Return the context of a person at the command line: all of the tenant's data."""
    return Context(tenant=runtime.settings.tenant, client="command-line")
