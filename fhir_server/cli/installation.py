"""The database and store of an installation, for commands that look after it."""

from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings


def open_runtime() -> Runtime:
    """Return the runtime of the settings in force. Raises SettingError."""
    return Runtime.build(Settings.load())


def operator(runtime: Runtime) -> Context:
    """Return the context of a person at the command line: all of the tenant's data."""
    return Context(tenant=runtime.settings.tenant, client="command-line")
