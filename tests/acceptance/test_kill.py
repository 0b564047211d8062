"""kill -9 of each part in the middle of its work loses nothing acknowledged, doubles nothing."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException

from fhir_server.db.engine import Database
from fhir_server.model.resource import JsonObject
from hl7.client import MllpClient
from tests.acceptance.claims import intake, professional_claim
from tests.acceptance.messages import oru
from tests.acceptance.payer import directory_payer
from tests.acceptance.site import Answer, Site, running

KILLS = 5
IDENTIFIER = "https://practice.example/note"


@contextmanager
def killing(site: Site, role: str, done: Callable[[], bool]) -> Iterator[list[float]]:
    """Kill and restart one role at random moments, at least KILLS times and until `done`."""
    stop = threading.Event()
    times: list[float] = []

    def work() -> None:
        chance = random.Random(7)
        while not stop.is_set() and (len(times) < KILLS or not done()):
            time.sleep(chance.uniform(0.3, 1.2))
            if len(times) >= KILLS:
                continue
            site.kill(role)
            times.append(time.monotonic())
            site.start(role)
            site.wait(mllp=role == "listener")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield times
    finally:
        while len(times) < KILLS and thread.is_alive():
            time.sleep(0.05)
        stop.set()
        thread.join()


def note(number: int) -> JsonObject:
    return {
        "resourceType": "Basic",
        "identifier": [{"system": IDENTIFIER, "value": str(number)}],
        "code": {"text": f"note of day{number}"},
    }


def headers_of(number: int) -> dict[str, str]:
    """Return what makes a write that is sent again the same one: a condition, or a key."""
    if number % 2:
        return {"Idempotency-Key": f"key-{number}"}
    return {"If-None-Exist": f"identifier={IDENTIFIER}|{number}"}


def send(site: Site, number: int) -> Answer:
    """Write a note until it is acknowledged."""
    while True:
        try:
            answer = site.request("POST", "/fhir/Basic", note(number), headers=headers_of(number))
        except (OSError, HTTPException):
            time.sleep(0.05)
            continue
        assert answer.status in {200, 201}, answer.body
        return answer


def test_killed_web_and_worker_keep_every_acknowledged_write_once(site: Site) -> None:
    acknowledged: dict[int, Answer] = {}
    waiting = iter(range(100_000))
    finished = threading.Event()

    def client() -> None:
        while not finished.is_set():
            number = next(waiting)
            acknowledged[number] = send(site, number)

    with running(site, "web", "worker"):
        with ThreadPoolExecutor(4) as pool:
            clients = [pool.submit(client) for _ in range(4)]
            with (
                killing(site, "web", lambda: len(acknowledged) > 50) as kills,
                killing(site, "worker", lambda: True) as deaths,
            ):
                pass
            finished.set()
            for one in clients:
                one.result()
        assert min(len(kills), len(deaths)) >= KILLS
        assert len(acknowledged) > 50
        assert_words_are_those_of(site)
        stored = {str(one["id"]): one for one in site.search("Basic?_count=500")}
        assert {str(one.json["id"]) for one in acknowledged.values()} <= set(stored)
        numbers = Counter(str(one["identifier"]) for one in stored.values())
        assert set(numbers.values()) == {1}
        keys = sorted(one for one in acknowledged if one % 2)
        for number in keys[:: max(1, len(keys) // 60)]:
            again, first = send(site, number), acknowledged[number]
            assert again.headers["idempotency-replayed"] == "true"
            assert (again.status, again.body) == (201, first.body)
            assert again.headers["etag"] == first.headers["etag"]
        assert len(site.search("Basic?_count=500")) == len(stored)
        for number in sorted(acknowledged)[:: len(acknowledged) // 10]:
            (found,) = site.search(f"Basic?_content=day{number}")
            assert found["id"] == acknowledged[number].json["id"]


def assert_words_are_those_of(site: Site) -> None:
    """Wait for the worker, no search helping it, and see that it left no resource out."""
    database = Database.open(site.database_url)
    end = time.monotonic() + 30
    with database.session() as session:
        while session.run("SELECT 1 FROM words_mark LIMIT 1"):
            assert time.monotonic() < end, site.logs()
            time.sleep(0.1)
        indexed = session.run("SELECT rowid FROM ix_words ORDER BY rowid")
        assert indexed == session.run("SELECT rid FROM resource WHERE NOT deleted ORDER BY rid")
    database.close()


def test_killed_listener_keeps_every_acknowledged_result_once(site: Site) -> None:
    accepted: set[str] = set()
    waiting = iter(range(100_000))
    finished = threading.Event()

    def send(control: str) -> None:
        message = oru(control, patient=f"M{control}", order=f"F{control}", results=4)
        while control not in accepted:
            try:
                with MllpClient("127.0.0.1", site.mllp_port, timeout=10) as peer:
                    receipt, _ = peer.send(message)
            except (OSError, TimeoutError, EOFError):
                time.sleep(0.05)
                continue
            assert receipt.code == "AA", receipt
            accepted.add(control)

    def sender() -> None:
        while not finished.is_set():
            send(f"K{next(waiting)}")

    with running(site, "web", "listener"):
        with ThreadPoolExecutor(4) as pool:
            senders = [pool.submit(sender) for _ in range(4)]
            with killing(site, "listener", lambda: len(accepted) > 20) as kills:
                pass
            finished.set()
            for one in senders:
                one.result()
        assert len(kills) >= KILLS
        assert len(accepted) > 20
        reports = site.search("DiagnosticReport?_count=500")
        observations = site.search("Observation?_count=500")
        patients = site.search("Patient?_count=500")
        assert len(patients) == len(reports) == len(accepted)
        assert len(observations) == 4 * len(accepted)


def test_killed_worker_sends_each_claim_once_and_posts_each_answer_once(site: Site) -> None:
    with running(site, "web", "worker"), directory_payer(site) as payer:
        claims = []
        site.fhir("POST", "", intake())
        with killing(site, "worker", lambda: True) as kills:
            for number in range(12):
                claim = site.fhir("POST", "Claim", professional_claim(f"K{number}"), status=201)
                site.fhir("POST", f"Claim/{claim['id']}/$submit")
                claims.append(str(claim["id"]))
                time.sleep(0.3)
        assert len(kills) >= KILLS
        site.until("Claim?state=paid&_count=100", count=len(claims), seconds=90)
        interchanges = payer.received()
        controls = Counter(one.control for one in interchanges)
        assert set(controls.values()) == {1}
        sent = Counter(number for one in interchanges for number in one.claims)
        assert sent == Counter(f"K{number}" for number in range(12))
        for claim_id in claims:
            assert len(site.search(f"ClaimResponse?request=Claim/{claim_id}&outcome=complete")) == 1
