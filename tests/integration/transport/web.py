"""A partner's HTTPS server: a real one, with certificates by an authority of its own."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.integration.transport.certificates import Authority

TOKEN = "test-token-of-the-partner"


class PartnerServer(ThreadingHTTPServer):
    """Keeps what is delivered by its key; hands out what waits; answers questions."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: dict[str, bytes] = {}
        self.names: list[str] = []
        self.waiting: dict[str, bytes] = {}
        self.status = 200
        self.receipt = b""
        self.listed_elsewhere = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of peers that hang up."""


class Handler(BaseHTTPRequestHandler):
    server: PartnerServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""

    def answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refused(self) -> bool:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.body = body
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.answer(401)
            return True
        if self.server.status != 200:
            self.answer(self.server.status)
            return True
        return False

    def do_POST(self) -> None:
        if self.refused():
            return
        key = self.headers["Idempotency-Key"]
        match self.path:
            case "/deliver" if key in self.server.taken:
                self.answer(409)
            case "/deliver":
                self.server.taken[key] = self.body
                self.server.names.append(self.headers["Content-Disposition"])
                self.answer(202, self.server.receipt)
            case "/ask":
                self.answer(200, self.body[::-1])
            case "/drip":
                self.drip()
            case _:
                self.answer(404)

    def drip(self) -> None:
        """Answer a byte at a time, more slowly than anybody waits."""
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"I")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def do_GET(self) -> None:
        if self.refused():
            return
        if self.path == "/collect":
            base = "https://127.0.0.2" if self.server.listed_elsewhere else ""
            files = [
                {"name": one, "href": f"{base}/files/{one}"} for one in sorted(self.server.waiting)
            ]
            self.answer(200, json.dumps({"files": files}).encode())
            return
        data = self.server.waiting.get(self.path.removeprefix("/files/"))
        self.answer(404 if data is None else 200, data or b"")

    def do_DELETE(self) -> None:
        if self.refused():
            return
        found = self.server.waiting.pop(self.path.removeprefix("/files/"), None)
        self.answer(404 if found is None else 204)


@contextmanager
def partner_server(authority: Authority, folder: Path) -> Iterator[PartnerServer]:
    """Serve over TLS until the end of the block; clients must show a certificate of `authority`."""
    server = PartnerServer()
    own = authority.issue("partner")
    (folder / "server.pem").write_bytes(own.both)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    context.load_verify_locations(cadata=authority.certificate.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
