"""Who is let in, who is not, and that the reason is told."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pytest

from hl7.client import MllpClient, NoAnswer, send
from hl7.endpoint import BadEndpoint, Endpoint, Limits, Tls
from hl7.mllp import encode_frame
from hl7.trust import certificate_of, client_context, server_context
from tests.integration.hl7.running import Running, connect, message, read_frames, serving
from tests.integration.transport.certificates import Authority


@dataclass(frozen=True)
class Keys:
    """An authority, the keys of a server, of two clients it knows and of one it does not."""

    authority: bytes
    server: Tls
    lab: Tls
    other: Tls
    stranger: Tls


@pytest.fixture(scope="module")
def keys() -> Keys:
    ours, theirs = Authority("Test authority"), Authority("Another authority")

    def issue(by: Authority, name: str) -> Tls:
        own = by.issue(name)
        return Tls(own.certificate, own.key, ours.certificate)

    return Keys(
        ours.certificate,
        issue(ours, "server"),
        issue(ours, "lab.example"),
        issue(ours, "other.example"),
        issue(theirs, "stranger.example"),
    )


def exchange(running: Running, tls: Tls | None, control: str = "C1") -> str:
    """Send a message over TLS, or plain; return the code of the answer."""
    context = client_context(tls) if tls else None
    with MllpClient("127.0.0.1", running.port, 10, context) as client:
        return client.send(message(control))[0].code


def refusal(running: Running) -> str:
    """Return the only reason there is, once it is told."""
    end = time.monotonic() + 5
    while not running.refusals and time.monotonic() < end:
        time.sleep(0.01)
    assert len(running.refusals) == 1, running.reasons
    return running.reasons[0]


def test_tls_carries_messages(keys: Keys) -> None:
    server = replace(keys.server, authority=b"")
    with serving(endpoint=Endpoint(tls=server)) as running:
        assert exchange(running, Tls(authority=keys.authority)) == "AA"
        assert not running.refusals


def test_mutual_tls_takes_a_certificate_of_the_authority(keys: Keys) -> None:
    with serving(endpoint=Endpoint(tls=keys.server)) as running:
        assert exchange(running, keys.lab) == "AA"
        assert not running.refusals


@pytest.mark.parametrize("tls", ["none", "stranger"])
def test_peer_without_the_right_certificate_is_refused(keys: Keys, tls: str) -> None:
    shown = {"none": Tls(authority=keys.authority), "stranger": keys.stranger}[tls]
    with serving(endpoint=Endpoint(tls=keys.server)) as running:
        with pytest.raises((NoAnswer, ssl.SSLError, ConnectionError)):
            exchange(running, shown)
        assert refusal(running) == {"none": "no-certificate", "stranger": "untrusted"}[tls]


def test_pinned_certificate_is_taken_and_another_of_the_authority_is_not(keys: Keys) -> None:
    endpoint = Endpoint(tls=keys.server, pins=("CN=lab.example",))
    with serving(endpoint=endpoint) as running:
        assert exchange(running, keys.lab) == "AA"
        with pytest.raises((NoAnswer, ssl.SSLError)):
            exchange(running, keys.other)
        assert refusal(running) == "pin"
        assert running.refusals[0].peer.subject == "CN=other.example"
        assert running.server.messages == 1
        fingerprint = running.refusals[0].peer.fingerprint
        running.call(lambda: running.server.renew(replace(endpoint, pins=(fingerprint,))))
        assert exchange(running, keys.other) == "AA"
        with pytest.raises((NoAnswer, ssl.SSLError)):
            exchange(running, keys.lab)


def test_certificate_that_is_itself_the_authority_is_taken(keys: Keys) -> None:
    server = replace(keys.server, authority=keys.stranger.certificate)
    with serving(endpoint=Endpoint(tls=server)) as running:
        assert exchange(running, keys.stranger) == "AA"
        with pytest.raises((NoAnswer, ssl.SSLError)):
            exchange(running, keys.lab)


def test_old_tls_is_refused(keys: Keys) -> None:
    server = replace(keys.server, authority=b"")
    context = client_context(Tls(authority=keys.authority))
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with serving(endpoint=Endpoint(tls=server)) as running:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            MllpClient("127.0.0.1", running.port, 10, context)
        assert refusal(running) == "old-tls"


@contextmanager
def said(running: Running, data: bytes) -> Iterator[socket.socket]:
    with closing(connect(running)) as connection:
        connection.sendall(data)
        yield connection


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(encode_frame(message("C1")), "plain-on-tls", id="mllp"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", "http-on-mllp", id="http"),
    ],
)
def test_plain_text_on_a_tls_port_is_told(keys: Keys, sent: bytes, reason: str) -> None:
    with serving(endpoint=Endpoint(tls=keys.server)) as running, said(running, sent) as peer:
        assert refusal(running) == reason
        assert peer.recv(100)[:1] in {b"", b"\x15"}  # closed, or a TLS alert


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "tls-on-plain", id="tls"),
        pytest.param(b"POST /v2 HTTP/1.1\r\nHost: x\r\n\r\n", "http-on-mllp", id="http"),
        pytest.param(b"MSH|^~\\&|LAB\r" * 6000, "junk", id="unframed"),
    ],
)
def test_other_protocols_on_a_plain_port_are_told(sent: bytes, reason: str) -> None:
    with serving() as running, said(running, sent) as peer:
        assert refusal(running) == reason
        assert running.refusals[0].data
        assert sent.find(running.refusals[0].data) >= 0
        with pytest.raises(ConnectionError):
            _drain(peer)


def _drain(peer: socket.socket) -> None:
    while peer.recv(1000):
        pass
    raise ConnectionError


def test_silent_handshake_ends_in_time(keys: Keys) -> None:
    endpoint = Endpoint(tls=keys.server, limits=Limits(handshake_seconds=0.2))
    with serving(endpoint=endpoint) as running, closing(connect(running)) as peer:
        assert peer.recv(1) == b""
        assert refusal(running) == "handshake"


def test_networks_let_in_and_keep_out() -> None:
    with serving(endpoint=Endpoint(networks=("127.0.0.0/8",))) as running:
        assert exchange(running, None) == "AA"
    with serving(endpoint=Endpoint(networks=("10.0.0.0/8", "fd00::/8"))) as running:
        with closing(connect(running)) as peer:
            assert peer.recv(1) == b""
        assert refusal(running) == "address"


def test_address_that_is_no_longer_allowed_is_closed() -> None:
    endpoint = Endpoint()
    with serving(endpoint=endpoint) as running, said(running, b"\x0bMSH") as peer:
        while not running.server.connections:
            time.sleep(0.01)
        shut = replace(endpoint, networks=("10.0.0.0/8",))
        running.call(lambda: running.server.renew(shut))
        assert peer.recv(1) == b""


def test_connections_of_all_feeds_have_a_limit() -> None:
    with serving(most=1) as running, said(running, encode_frame(message("C1"))) as first:
        read_frames(first, 1)
        with closing(connect(running)) as second:
            assert second.recv(1) == b""
        assert refusal(running) == "full"


@pytest.mark.parametrize(
    ("sent", "limits", "reason"),
    [
        pytest.param(b"\x0bMSH|^~", Limits(header_seconds=0.1), "slow-header", id="header"),
        pytest.param(b"\x0bMSH|\rPID", Limits(frame_seconds=0.1), "slow-frame", id="frame"),
    ],
)
def test_stalled_frame_is_told_with_what_came(sent: bytes, limits: Limits, reason: str) -> None:
    with serving(limits=limits) as running, said(running, sent) as peer:
        assert peer.recv(1) == b""
        assert refusal(running) == reason
        assert running.refusals[0].data == sent[1:]


def test_connection_that_ends_within_a_frame_is_told_with_what_came() -> None:
    with serving() as running:
        with said(running, b"\x0bMSH|half"):
            pass
        assert refusal(running) == "half-frame"
        assert running.refusals[0].data == b"MSH|half"


def test_refusal_in_the_log_holds_no_content(caplog: pytest.LogCaptureFixture) -> None:
    with serving(limits=Limits(header_seconds=0.1)) as running, said(running, b"\x0bSECRET") as one:
        one.recv(1)
    line = running.refusals[0].line
    assert "reason=slow-header" in line
    assert "feed=default peer=127.0.0.1:" in line
    assert "SECRET" not in line
    assert "SECRET" not in caplog.text


def test_client_sees_the_certificate_of_the_server(keys: Keys) -> None:
    with serving(endpoint=Endpoint(tls=keys.server)) as running:
        plain = socket.create_connection(("127.0.0.1", running.port), 10)
        context = client_context(keys.lab)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as shown:
            certificate = certificate_of(shown)
    assert certificate.subject == ("CN=server",)
    assert "IP Address:127.0.0.1" in certificate.names
    assert certificate.meets(["ip address:127.0.0.1"])
    assert not certificate.meets(["CN=lab.example"])


def test_message_is_sent_over_tls_by_one_call(keys: Keys) -> None:
    with serving(endpoint=Endpoint(tls=keys.server)) as running:
        context = client_context(keys.lab)
        assert send("127.0.0.1", running.port, message("C1"), 10, context)[0].accepted


def test_certificate_and_key_that_do_not_belong_together_are_told(keys: Keys) -> None:
    with pytest.raises(BadEndpoint, match="a key that belongs to its certificate"):
        server_context(Tls(keys.server.certificate, keys.lab.key))
