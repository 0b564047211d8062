"""A real web process on a database of its own, and a client of it over real sockets."""

import http.client
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from fhir_server.db.engine import Database
from fhir_server.db.migrate import upgrade
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import clients
from fhir_server.store.unit_of_work import UnitOfWork
from tests.acceptance.site import Answer, free_port
from tests.command import Command

FHIR_JSON = "application/fhir+json"
FORM = "application/x-www-form-urlencoded"
START_SECONDS = 120


@dataclass(frozen=True)
class Server:
    """A running web process; requests carry `token` unless told otherwise."""

    port: int
    settings: Settings
    client_id: str
    client_secret: str
    token: str = ""
    log: Path = field(default=Path("/dev/null"))
    pid: int = 0

    @property
    def base(self) -> str:
        """The FHIR base as clients see it."""
        return f"http://127.0.0.1:{self.port}/fhir"

    def runtime(self) -> Runtime:
        """Return a runtime of this test process on the server's database."""
        return Runtime.build(self.settings)

    def request(
        self,
        method: str,
        path: str,
        body: bytes | JsonObject | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        token: str | None = "",
    ) -> Answer:
        """Send one request to a path of the server; `token=None` sends none."""
        sent = dict(headers or {})
        data = encode(body) if isinstance(body, dict) else body
        if data is not None and not any(name.lower() == "content-type" for name in sent):
            sent["Content-Type"] = FHIR_JSON
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token or self.token}")
        return self.send(method, path, data, sent)

    def send(
        self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """Send a request as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, data, dict(headers))
            got = connection.getresponse()
            headers_got = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, headers_got, got.read())
        finally:
            connection.close()

    def fhir(
        self,
        method: str,
        path: str,
        body: bytes | JsonObject | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request to a path below the FHIR base."""
        return self.request(method, f"/fhir/{path}" if path else "/fhir", body, headers)

    def create(self, resource: JsonObject) -> JsonObject:
        """Create a resource and return it as stored."""
        answer = self.fhir("POST", str(resource["resourceType"]), resource)
        assert answer.status == 201, answer.body
        return answer.json

    def search(self, type: str, **criteria: str | Sequence[str]) -> list[JsonObject]:
        """Return the resources on the first page of a search."""
        answer = self.fhir("GET", f"{type}?{urlencode(criteria, doseq=True, quote_via=quote)}")
        assert answer.status == 200, answer.body
        entries = answer.json.get("entry", [])
        assert isinstance(entries, list)
        return [entry["resource"] for entry in entries if isinstance(entry, dict)]  # type: ignore[misc]

    def with_scopes(self, *scopes: str) -> "Server":
        """Return the same server with the token of another client, who has these scopes."""
        runtime = self.runtime()
        try:
            return replace(self, token=self._token(runtime, scopes))
        finally:
            runtime.store.database.close()

    def _token(self, runtime: Runtime, scopes: Sequence[str]) -> str:
        def register(work: UnitOfWork) -> str:
            client, _ = clients.register(work, "test", scopes)
            return clients.issue(work, client, scopes, 3600)

        return runtime.store.transact(Context(self.settings.tenant), register)


@contextmanager
def running_server(
    database_url: str,
    folder: Path,
    variables: Mapping[str, str] | None = None,
    *,
    workers: int = 0,
) -> Iterator[Server]:
    """Start a web process on an empty database; stop it at the end.

    `variables` are further settings, by their names in the environment; `workers` the number of
    processes that answer, 0 for as many as the command thinks right.
    """
    settings = Settings.load(
        {"PARITY_DATABASE_URL": database_url, "PARITY_DATA_DIR": str(folder / "var")}
        | dict(variables or {})
    )
    database = Database.open(database_url)
    upgrade(database)
    database.close()
    client_id, secret = register_administrator(settings)
    log = folder / "web.log"
    server = Server(free_port(), settings, client_id, secret, log=log)
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PARITY_")}
    several = ("--workers", str(workers)) if workers else ()
    arguments = ("web", "--port", str(server.port), *several)
    process = Command(arguments, kept | settings.environment(), Path.cwd(), log)
    try:
        _await(server, process)
        yield replace(server, token=access_token(server), pid=process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def access_token(server: Server) -> str:
    """Return a token of the administrator, by client_credentials."""
    form = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": server.client_id,
            "client_secret": server.client_secret,
        }
    )
    headers = {"Content-Type": FORM}
    answer = server.request("POST", "/auth/token", form.encode(), headers, token=None)
    assert answer.status == 200, answer.body
    return str(answer.json["access_token"])


def register_administrator(settings: Settings) -> tuple[str, str]:
    """Register an administrator; return its id and its secret."""
    runtime = Runtime.build(settings)
    client, secret = runtime.store.transact(
        Context(settings.tenant),
        lambda work: clients.register(work, "administrator", ("system/*.cruds",)),
    )
    runtime.store.database.close()
    assert secret is not None
    return client.id, secret


def _await(server: Server, process: Command) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, server.log.read_text()
        try:
            if server.request("GET", "/readyz", token=None).status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"not ready: {server.log.read_text()}")
