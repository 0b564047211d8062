"""The listener on feeds of their own ports, on both databases."""

import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from fhir_server.model.feed import FeedRecord, Listen
from fhir_server.runtime import Runtime
from fhir_server.store import feeds, refusals
from fhir_server.store.processes import all_processes
from hl7.client import MllpClient
from hl7.mllp import ACK_BLOCK, encode_frame
from tests.acceptance.site import free_port
from tests.integration.intake.listener import answers, listening
from tests.integration.intake.message import HERE, kept, result
from tests.integration.transport.certificates import Authority

SECONDS = 15


def put(runtime: Runtime, record: FeedRecord) -> None:
    runtime.store.transact(HERE, lambda work: feeds.put(work, record))


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds: the listener looks at feeds every few seconds."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def is_open(port: int) -> bool:
    try:
        MllpClient("127.0.0.1", port, 5).close()
    except OSError:
        return False
    return True


def test_feeds_are_opened_changed_and_closed_without_a_restart(
    runtime: Runtime, tmp_path: Path
) -> None:
    lab = FeedRecord("lab", listen=Listen(free_port()))
    ward = FeedRecord("ward", listen=Listen(free_port(), release2=True))
    taken = FeedRecord("taken", listen=Listen(ward.listen.port if ward.listen else 0))
    put(runtime, lab)
    variables = {"PARITY_LISTENER_LOOK": "200"}
    with listening(runtime, tmp_path, variables) as listener:
        assert lab.listen is not None
        assert ward.listen is not None
        until(lambda: is_open(lab.listen.port if lab.listen else 0))
        with MllpClient("127.0.0.1", lab.listen.port, 30) as client:
            assert client.send(result("C1", "F", order="F1"))[0].code == "AA"
        put(runtime, ward)
        until(lambda: is_open(ward.listen.port if ward.listen else 0))
        put(runtime, taken)
        with closing(MllpClient("127.0.0.1", ward.listen.port, 30)._socket) as connection:
            connection.sendall(encode_frame(result("C2", "F", order="F2")))
            commit, answer = answers(connection, 2)
        assert commit == ACK_BLOCK
        assert b"\rMSA|AA|C2" in answer
        closed = replace(lab, listen=replace(lab.listen, allow=("10.0.0.0/8",)))
        put(runtime, closed)
        until(lambda: probe(lab.listen) and reasons(runtime) == {("lab", "address")})
        runtime.store.transact(HERE, lambda work: feeds.remove(work, "ward"))
        until(lambda: "no longer listened to" in listener.log.read_text())
        detail = told(runtime)
    assert [(one.facts.partner, one.facts.control) for one in kept(runtime)] == [
        ("lab", "C1"),
        ("ward", "C2"),
    ]
    assert "taken" in str(detail)
    assert "feed=taken cannot be listened to" in listener.log.read_text()


def probe(listen: Listen | None) -> bool:
    """Connect, so that there is something to refuse; say so."""
    return listen is not None and is_open(listen.port)


def reasons(runtime: Runtime) -> set[tuple[str, str]]:
    with runtime.store.read(HERE) as reader:
        return {(one.refusal.feed, one.refusal.reason.id) for one in refusals.known(reader)}


def told(runtime: Runtime) -> object:
    with runtime.store.read(HERE) as reader:
        return [one.detail for one in all_processes(reader) if one.role == "listener"]


def test_feed_over_tls_takes_its_pinned_sender_only(runtime: Runtime, tmp_path: Path) -> None:
    authority = Authority("Test authority")
    server, sender = authority.issue("listener"), authority.issue("lab.example")
    other = authority.issue("other.example")
    listen = Listen(
        free_port(),
        certificate="env:MLLP_CERTIFICATE",
        key="env:MLLP_KEY",
        authority="env:MLLP_AUTHORITY",
        pins=("CN=lab.example",),
    )
    put(runtime, FeedRecord("lab", listen=listen))
    variables = {
        "PARITY_LISTENER_LOOK": "200",
        "PARITY_SECRET_MLLP_CERTIFICATE": server.certificate.decode(),
        "PARITY_SECRET_MLLP_KEY": server.key.decode(),
        "PARITY_SECRET_MLLP_AUTHORITY": authority.certificate.decode(),
    }

    def send(certified: bytes) -> str:
        path = tmp_path / "own.pem"
        path.write_bytes(certified)
        context = ssl.create_default_context(cadata=authority.certificate.decode())
        context.load_cert_chain(path)
        with MllpClient("127.0.0.1", listen.port, 30, context) as client:
            return client.send(result("C1", "F"))[0].code

    with listening(runtime, tmp_path, variables):
        until(lambda: is_open(listen.port))
        assert send(sender.both) == "AA"
        try:
            code = send(other.both)
        except OSError:
            code = "closed"
        assert code == "closed"
        until(lambda: ("lab", "pin") in reasons(runtime))
    with runtime.store.read(HERE) as reader:
        (pinned,) = [one for one in refusals.known(reader, "lab") if one.refusal.reason.id == "pin"]
    assert pinned.refusal.peer.subject == "CN=other.example"
    assert pinned.number >= 1
