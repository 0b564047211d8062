"""The payer over HTTP: files delivered and collected, questions answered at once.

The addresses are those that a partner of kind https names: /deliver, /collect and /ask. A file
delivered twice (same Idempotency-Key) is refused with 409.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from demo.payer.answer import answers, delay_of
from demo.payer.asked import answer
from demo.payer.scenario import Scenario
from mappers.x12.reader import read

EDI_X12 = "application/edi-x12"


class PayerServer(ThreadingHTTPServer):
    """What was delivered, by key; what waits to be collected, by name and from when on."""

    daemon_threads = True

    def __init__(self, port: int, scenario: Scenario) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.scenario = scenario
        self.delivered: dict[str, bytes] = {}
        self.waiting: dict[str, tuple[float, bytes]] = {}
        self.lock = threading.Lock()

    def take(self, key: str, name: str, data: bytes) -> bool:
        """Take in a file and answer it; False for one taken in before."""
        with self.lock:
            if key in self.delivered:
                return False
            self.delivered[key] = data
            due = time.monotonic() + delay_of(data, self.scenario)
            for one in answers(data, name, datetime.now(UTC), self.scenario):
                self.waiting[one.name] = (due, one.data)
            return True

    def listed(self) -> list[str]:
        """Return the names of the files that may be collected now."""
        now = time.monotonic()
        with self.lock:
            return [name for name, (due, _) in self.waiting.items() if due <= now]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: PayerServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: it would hold names of files."""

    def do_POST(self) -> None:
        """Take in a file, or answer a question."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/deliver":
            name = (self.headers.get("Content-Disposition") or "").partition('filename="')[2]
            key = self.headers.get("Idempotency-Key") or body.hex()[:64]
            taken = self.server.take(key, name.rstrip('"') or "file.837", body)
            self._answer(202 if taken else 409)
        elif self.path == "/ask":
            told = answer(body, datetime.now(UTC), self.server.scenario)
            self._answer(400 if told is None else 200, told or b"")
        else:
            self._answer(404)

    def do_GET(self) -> None:
        """List the files, or hand one out."""
        if self.path == "/collect":
            files = [{"name": one, "href": f"/files/{one}"} for one in self.server.listed()]
            self._answer(200, json.dumps({"files": files}).encode(), "application/json")
            return
        name = self.path.removeprefix("/files/")
        found = self.server.waiting.get(name)
        self._answer(404 if found is None else 200, found[1] if found else b"")

    def do_DELETE(self) -> None:
        """Put away a file that was collected."""
        with self.server.lock:
            found = self.server.waiting.pop(self.path.removeprefix("/files/"), None)
        self._answer(404 if found is None else 204)

    def _answer(self, status: int, body: bytes = b"", kind: str = EDI_X12) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(port: int, scenario: Scenario) -> Iterator[PayerServer]:
    """Serve until the end of the block."""
    server = PayerServer(port, scenario)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def received(server: PayerServer) -> list[str]:
    """Return the control numbers (ISA13) of the interchanges delivered, in order."""
    return [
        one.header.control for data in server.delivered.values() for one in read(data).interchanges
    ]
