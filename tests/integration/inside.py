"""The web application in the process of the test: what it answers, without sockets or a start.

For tests of answers that need a database of their own; how it is served is shown by others.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from flask.testing import FlaskClient

from fhir_server.app import create_app
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from tests.acceptance.site import Answer
from tests.integration.server import Server, access_token, register_administrator

PORT = 8080


@dataclass(frozen=True)
class Inside(Server):
    """The application as a server: the same requests, answered at once."""

    client: FlaskClient | None = None

    def send(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send a request as it is."""
        assert self.client is not None
        base = f"http://127.0.0.1:{self.port}"
        got = self.client.open(path, method=method, data=data, headers=dict(headers), base_url=base)
        found = {name.lower(): text for name, text in got.headers.items()}
        return Answer(got.status_code, found, got.get_data())


@contextmanager
def inside(url: str, folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Lend the application on a database that has its tables; `variables` are further settings."""
    settings = Settings.load(
        {"PARITY_DATABASE_URL": url, "PARITY_DATA_DIR": str(folder / "var")} | dict(variables or {})
    )
    id, secret = register_administrator(settings)
    runtime = Runtime.build(settings)
    client = create_app(settings, runtime).test_client()
    server = Inside(PORT, settings, id, secret, client=client)
    try:
        yield replace(server, token=access_token(server))
    finally:
        runtime.store.database.close()
