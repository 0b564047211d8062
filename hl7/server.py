"""MLLP server: the listening address of one feed, and who is let in.

A peer is judged before a byte of it is read: network, number of connections, TLS handshake,
pinned certificate. Whoever is refused is told of with the reason. Connections that stall are
closed by one sweep over all of them, so that a thousand silent ones cost next to nothing.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace

from hl7.connection import Answer, Arrival, Connection, Handler, Port
from hl7.endpoint import Endpoint, Limits
from hl7.pressure import Pressure
from hl7.refusal import Peer, Refusal, refused
from hl7.trust import certificate_of, handshake_reason, server_context

__all__ = ["Answer", "Arrival", "Endpoint", "Handler", "Limits", "MllpServer", "Peer"]

log = logging.getLogger(__name__)

SWEEP_SECONDS = 0.25
PAUSE_SECONDS = 0.1
BACKLOG = 512
MOST_CONNECTIONS = 256


def _tell(refusal: Refusal) -> None:
    log.warning("%s", refusal.line)


class MllpServer:
    """The listening socket of an endpoint and its connections.

    `pressure` is shared by the servers of one process; `most_connections` are those of all.
    """

    def __init__(
        self,
        handler: Handler,
        endpoint: Endpoint | None = None,
        *,
        pressure: Pressure | None = None,
        on_refused: Callable[[Refusal], None] = _tell,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        endpoint = endpoint or Endpoint()
        endpoint.judge()
        self._port = Port(endpoint, handler, pressure or Pressure(), on_refused, self._identify)
        self._most = most_connections
        self._tls = server_context(endpoint.tls) if endpoint.tls else None
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._admitting = 0

    @property
    def endpoint(self) -> Endpoint:
        """What is listened on, as it was asked for."""
        return self._port.endpoint

    @property
    def port(self) -> int:
        """The port listened on."""
        if self._socket is None:
            raise RuntimeError("the server is not listening")
        return int(self._socket.getsockname()[1])

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._port.connections)

    @property
    def messages(self) -> int:
        """How many messages were handled."""
        return self._port.messages

    @property
    def held(self) -> int:
        """How many bytes of messages are in hand."""
        return self._port.pressure.bytes

    async def start(self) -> None:
        """Listen; port 0 takes a free one. Raises OSError where the address cannot be had."""
        endpoint = self._port.endpoint
        family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        self._socket = socket.create_server(
            (endpoint.host, endpoint.port), family=family, backlog=BACKLOG
        )
        self._socket.settimeout(0)
        self._spawn(self._accept(self._socket))
        self._spawn(self._sweep())

    @property
    def is_held(self) -> bool:
        """Say whether the feed is not read for now."""
        return self._port.held

    def hold(self, *, held: bool) -> None:
        """Leave the feed's connections unread, or read them again: what it sent is to be done."""
        if held == self._port.held:
            return
        self._port.held = held
        log.warning("feed=%s %s", self.endpoint.feed, "is held" if held else "goes on")
        for connection in tuple(self._port.connections):
            if held:
                connection.stop_reading()
            elif not self._port.pressure.stops:
                connection.go_on_reading()

    def renew(self, endpoint: Endpoint) -> None:
        """Use other limits, networks, pins or certificates from the next connection on.

        Open connections keep the certificate they were let in with, but take the new limits; those
        whose network is no longer allowed are closed.
        """
        endpoint.judge()
        self._tls = server_context(endpoint.tls) if endpoint.tls else None
        self._port.endpoint = endpoint
        for connection in tuple(self._port.connections):
            if not endpoint.admits(connection.peer.host):
                connection.refuse("address")
                connection.close()

    async def stop(self, grace: float = 10) -> None:
        """Stop listening, let messages in hand be answered within the grace, then close."""
        self._port.stopping = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._socket is not None:
            self._socket.close()
        left = tuple(self._port.connections)
        if left:
            waits = [asyncio.ensure_future(connection.finish()) for connection in left]
            await asyncio.wait(waits, timeout=grace)
        for connection in tuple(self._port.connections):
            connection.abort()
        await asyncio.sleep(0)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(listening)
            except OSError as error:
                log.warning("feed=%s accept: %s", self.endpoint.feed, type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            peer = Peer(str(address[0]), int(address[1]))
            reason = self._objection(peer)
            if reason:
                self._refuse(peer, reason)
                accepted.close()
                continue
            self._admitting += 1
            self._spawn(self._admit(accepted, peer))

    def _objection(self, peer: Peer) -> str:
        if not self.endpoint.admits(peer.host):
            return "address"
        if self.connections + self._admitting >= self.endpoint.limits.connections:
            return "feed-full"
        everywhere = len(self._port.pressure.connections) + self._admitting
        return "full" if everywhere >= self._most else ""

    async def _admit(self, accepted: socket.socket, peer: Peer) -> None:
        """Shake hands where TLS is spoken, and begin to serve."""
        wait = self.endpoint.limits.handshake_seconds if self._tls else None
        try:
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Connection(self._port, peer),
                accepted,
                ssl=self._tls,
                ssl_handshake_timeout=wait,
                ssl_shutdown_timeout=1 if self._tls else None,
            )
        except (OSError, EOFError, TimeoutError) as error:
            self._refuse(peer, *handshake_reason(error))
            accepted.close()
        finally:
            self._admitting -= 1

    def _identify(self, connection: Connection, transport: asyncio.Transport) -> bool:
        """Note whose certificate it is; say whether it is one of those pinned."""
        if self.endpoint.tls is None:
            return True
        shown = certificate_of(transport.get_extra_info("ssl_object"))
        connection.peer = replace(
            connection.peer, subject=",".join(shown.subject), fingerprint=shown.fingerprint
        )
        taken = shown.meets(self.endpoint.pins)
        if not taken:
            connection.refuse("pin", f"{connection.peer.subject} {shown.fingerprint}")
        return taken

    def _refuse(self, peer: Peer, reason: str, detail: str = "") -> None:
        self._port.on_refused(refused(self.endpoint.feed, reason, peer, detail))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            now = time.monotonic()
            for connection in tuple(self._port.connections):
                connection.expire(now)
