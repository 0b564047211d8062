"""One installation under test: its folder, its database, its commands and its processes."""

import http.client
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from tests.command import Command, run

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """An HTTP answer: status, lower-case headers, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> JsonObject:
        return decode(self.body)


@dataclass
class Site:
    """A fresh installation in its own folder."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    mllp_port: int = field(default_factory=free_port)
    processes: dict[str, Command] = field(default_factory=dict)
    client_id: str = ""
    client_secret: str = ""
    token: str = ""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PARITY_")}
        return kept | {
            "PARITY_DATABASE_URL": self.database_url,
            "PARITY_DATA_DIR": str(self.folder / "var"),
            "PARITY_POLL_INTERVAL": "100",
            "PARITY_JOB_LEASE": "3",
        }

    def run(
        self,
        *arguments: str,
        status: int | None = 0,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one `parity` command; fail unless it ends with the status expected."""
        environment = self.environment | dict(variables or {})
        done = run(arguments, environment, self.folder, timeout=240)
        if status is not None:
            assert done.returncode == status, (
                arguments,
                done.returncode,
                done.stdout[-3000:].decode(),
                done.stderr[-3000:].decode(),
            )
        return done

    def json(self, *arguments: str, status: int | None = 0) -> JsonObject:
        """Run a command with --json and return what it printed."""
        parsed: JsonObject = json.loads(self.run(*arguments, "--json", status=status).stdout)
        return parsed

    def initialise(self) -> None:
        """Create the database and the first administrator, and take a token."""
        secret = self.json("init")
        self.client_id, self.client_secret = str(secret["client_id"]), str(secret["client_secret"])

    def start(self, role: str) -> None:
        """Start one role: web, worker or listener, or `serve` for all of them."""
        ports = {
            "web": ["--port", str(self.port)],
            "listener": ["--port", str(self.mllp_port)],
            "worker": [],
            "serve": ["--port", str(self.port), "--mllp-port", str(self.mllp_port)],
        }
        log = self.folder / f"{role}.log"
        self.processes[role] = Command([role, *ports[role]], self.environment, self.folder, log)

    def kill(self, role: str) -> None:
        """End a role and all its children at once, as a power cut would (kill -9)."""
        process = self.processes.pop(role)
        process.kill()
        process.wait(timeout=20)

    def stop(self) -> None:
        """Stop every role politely, then without mercy."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=20)
        self.processes.clear()

    def wait(self, *, mllp: bool = False, seconds: float = 40) -> None:
        """Wait until the web role answers ready (and the MLLP port accepts)."""
        end = time.monotonic() + seconds
        while True:
            try:
                if self.request("GET", "/readyz", token=None).status == 200:
                    break
            except OSError:
                pass
            if time.monotonic() > end:
                raise AssertionError(f"not ready: {self.logs()}")
            time.sleep(0.05)
        while mllp:
            try:
                socket.create_connection(("127.0.0.1", self.mllp_port), timeout=1).close()
                break
            except OSError:
                assert time.monotonic() < end, f"no listener: {self.logs()}"
                time.sleep(0.05)

    def logs(self) -> str:
        """Return the ends of the logs, for a failing test's message."""
        return "\n".join(
            f"== {log.name}\n{log.read_text()[-3000:]}" for log in self.folder.glob("*.log")
        )

    def sign_in(self) -> None:
        """Take an access token by client_credentials."""
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "scope": "system/*.cruds",
            }
        )
        answer = self.request(
            "POST",
            "/auth/token",
            form.encode(),
            token=None,
            media_type="application/x-www-form-urlencoded",
        )
        assert answer.status == 200, answer.body
        self.token = str(answer.json["access_token"])

    def request(
        self,
        method: str,
        path: str,
        body: bytes | JsonObject | None = None,
        *,
        token: str | None = "",
        media_type: str = "application/fhir+json",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; `token=None` sends none, the default sends the site's own."""
        data = encode(body) if isinstance(body, dict) else body
        sent = dict(headers or {})
        if data is not None:
            sent["Content-Type"] = media_type
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, data, sent)
            got = connection.getresponse()
            return Answer(
                got.status, {name.lower(): value for name, value in got.getheaders()}, got.read()
            )
        finally:
            connection.close()

    def fhir(
        self, method: str, path: str, body: bytes | JsonObject | None = None, *, status: int = 200
    ) -> JsonObject:
        """Send a FHIR request and return the body; fail unless the status is the expected one."""
        answer = self.request(method, f"/fhir/{path}", body)
        assert answer.status == status, (method, path, answer.status, answer.body[:3000])
        return answer.json if answer.body else {}

    def search(self, query: str) -> list[JsonObject]:
        """Return the matches of a search, over all its pages."""
        found: list[JsonObject] = []
        path: str | None = query
        while path:
            bundle = self.fhir("GET", path)
            entries = bundle.get("entry", [])
            assert isinstance(entries, list)
            for entry in entries:
                assert isinstance(entry, dict)
                resource = entry["resource"]
                assert isinstance(resource, dict)
                found.append(resource)
            path = next_page(bundle)
        return found

    def until(self, query: str, count: int = 1, seconds: float = 40) -> list[JsonObject]:
        """Wait until a search finds at least `count` resources."""
        end = time.monotonic() + seconds
        while True:
            found = self.search(query)
            if len(found) >= count:
                return found
            assert time.monotonic() < end, (query, len(found), self.logs())
            time.sleep(0.1)


def next_page(bundle: JsonObject) -> str | None:
    """Return the path of the next page below /fhir/, if there is one."""
    links = bundle.get("link", [])
    assert isinstance(links, list)
    for link in links:
        if isinstance(link, dict) and link["relation"] == "next":
            return str(link["url"]).split("/fhir/", 1)[1]
    return None


@contextmanager
def running(site: Site, *roles: str) -> Iterator[Site]:
    """Initialise the site, run these roles, sign in, and stop all at the end."""
    site.initialise()
    try:
        for role in roles:
            site.start(role)
        site.wait(mllp="listener" in roles or "serve" in roles)
        site.sign_in()
        yield site
    finally:
        site.stop()
