"""A load generator that costs little: a few keep-alive connections driven by one selector."""

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Result:
    """What one round gave: answers a second, the usual and the slowest per cent in ms, failures."""

    rate: float
    p50: float
    p99: float
    failures: int
    seconds: float


@dataclass
class Peer:
    """One connection: its socket, what is being received, when its request left."""

    socket: socket.socket
    started: float = 0.0
    received: bytearray = field(default_factory=bytearray)


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """Return the bytes of one HTTP/1.1 request."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        "Accept: application/fhir+json",
    ]
    if body:
        lines += ["Content-Type: application/fhir+json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def complete(received: bytearray) -> bool:
    """Tell whether a whole answer has arrived (the server always names its length)."""
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = bytes(received[:head]).lower().find(b"content-length:")
    if at < 0:
        return True
    length = int(received[at + 15 : received.find(b"\r\n", at)])
    return len(received) >= head + 4 + length


def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Result:
    """Send requests over this many connections for some seconds; each waits for its answer."""
    waiting = selectors.DefaultSelector()
    for _ in range(clients):
        peer = Peer(socket.create_connection(("127.0.0.1", port)))
        peer.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(peer.socket, selectors.EVENT_READ, peer)
        send(peer, requests)
    times: list[float] = []
    failures = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        for key, _ in waiting.select(timeout=1):
            peer = key.data
            peer.received += peer.socket.recv(1 << 20) or closed()
            if complete(peer.received):
                times.append(time.perf_counter() - peer.started)
                failures += peer.received[9:10] != b"2"
                send(peer, requests)
    elapsed = time.perf_counter() - start
    for key in list(waiting.get_map().values()):
        key.data.socket.close()
    times.sort()
    usual, slow = (times[len(times) * share // 100] * 1000 for share in (50, 99))
    return Result(len(times) / elapsed, usual, slow, failures, elapsed)


def closed() -> bytes:
    """Stop: a server that closes a connection under load is not measured further."""
    raise ConnectionError("the server closed a connection")


def send(peer: Peer, requests: Iterator[bytes]) -> None:
    """Send the next request on a connection."""
    peer.received.clear()
    peer.started = time.perf_counter()
    peer.socket.sendall(next(requests))
