"""kill -9 of the worker while an HTTPS partner has the file and has not answered yet.

What leaves again is the same interchange, byte for byte under the same key and control number.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mappers.x12.reader import read
from tests.acceptance.claims import intake, professional_claim
from tests.acceptance.payer import PARTNER
from tests.acceptance.site import Site, running

CLAIMS = 2
KILLED = 1
"""Deliveries during which the worker is killed."""


class SlowPartner(ThreadingHTTPServer):
    """Takes files; the first few senders are let down: the file is there, the answer never goes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.deliveries: list[tuple[str, bytes]] = []
        self.in_hand = threading.Semaphore(0)
        self.gone_on = threading.Event()
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of senders that were killed."""


class Handler(BaseHTTPRequestHandler):
    server: SlowPartner

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        with self.server.lock:
            is_known = key in {known for known, _ in self.server.deliveries}
            self.server.deliveries.append((key, body))
            is_let_down = len(self.server.deliveries) <= KILLED
        if is_let_down:
            self.server.in_hand.release()
            self.server.gone_on.wait(60)
            return
        self.send_response(409 if is_known else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def slow_partner(site: Site) -> Iterator[SlowPartner]:
    """Configure the partner by the API and serve until the end of the block."""
    server = SlowPartner()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    place = f"http://127.0.0.1:{server.server_port}/deliver"
    partner = PARTNER | {"transport": {"kind": "https", "deliver": place, "timeout": 60}}
    body = json.dumps(partner).encode()
    try:
        answer = site.request("PUT", "/api/partners/cascade", body, media_type="application/json")
        assert answer.status == 200, answer.body
        yield server
    finally:
        server.gone_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_worker_killed_while_sending_sends_the_same_interchange_again(site: Site) -> None:
    with running(site, "web", "worker"), slow_partner(site) as partner:
        site.fhir("POST", "", intake())
        for number in range(CLAIMS):
            claim = site.fhir("POST", "Claim", professional_claim(f"K{number}"), status=201)
            site.fhir("POST", f"Claim/{claim['id']}/$submit")
        for _ in range(KILLED):
            assert partner.in_hand.acquire(timeout=60), site.logs()
            site.kill("worker")
            site.start("worker")
        site.until("Claim?state=sent", count=CLAIMS, seconds=60)
        by_key: dict[str, set[bytes]] = {}
        for key, body in partner.deliveries:
            by_key.setdefault(key, set()).add(body)
        assert {len(bodies) for bodies in by_key.values()} == {1}
        kept = [next(iter(bodies)) for bodies in by_key.values()]
        controls = [one.header.control for body in kept for one in read(body).interchanges]
        assert sorted(controls) == [f"{number:09d}" for number in range(1, CLAIMS + 1)]
        assert len(partner.deliveries) > CLAIMS
