"""MLLP server: many connections, many messages each, every one answered, in order.

A connection is served by one task: it reads, hands each frame to the handler and writes the
answer before it takes the next frame, so a slow handler slows its sender (back-pressure) and
answers never overtake. A handler that fails closes the connection without an answer: the
sender will try again, which is right when the message could not be kept.
"""

import asyncio
import contextlib
import logging
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hl7.mllp import DEFAULT_LIMIT, Fault, Frame, FrameDecoder, encode_frame

log = logging.getLogger(__name__)

READ_BYTES = 64 * 1024
JUNK_LIMIT = 1024 * 1024
MAX_ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """Who sent a message: address, port, and the subject of its certificate under mutual TLS."""

    host: str
    port: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame with its sender. With a `fault` the data are only the first bytes of it."""

    data: bytes
    fault: Fault
    peer: Peer


@dataclass(frozen=True, slots=True)
class Limits:
    """What a connection may take: bytes a message, seconds, and connections in all."""

    message_bytes: int = DEFAULT_LIMIT
    header_seconds: float = 10
    frame_seconds: float = 60
    idle_seconds: float = 900
    connections: int = 256


Handler = Callable[[Arrival], Awaitable[bytes]]


class MllpServer:
    """A listening socket and its connections. The handler's answer of no bytes is not sent."""

    def __init__(
        self,
        handler: Handler,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._handler = handler
        self._limits = limits or Limits()
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def port(self) -> int:
        """The port listened on."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the server is not listening")
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._tasks)

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one."""
        self._server = await asyncio.start_server(
            self._accept, host, port, ssl=self._tls, limit=READ_BYTES, backlog=512
        )

    async def stop(self, grace: float = 10) -> None:
        """Stop listening, let messages in hand be answered within the grace, then close."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        for task in self._tasks - self._busy:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=grace)
        left = set(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._stopping or len(self._tasks) >= self._limits.connections:
            log.warning("mllp connection refused: %d open", len(self._tasks))
            writer.close()
            return
        self._tasks.add(task)
        try:
            await self._serve(reader, writer, _peer(writer))
        except (ConnectionError, TimeoutError, ssl.SSLError) as error:
            log.info("mllp connection ended: %s", type(error).__name__)
        except asyncio.CancelledError:
            log.info("mllp connection closed by stop")
        finally:
            self._tasks.discard(task)
            self._busy.discard(task)
            await _close(writer)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer
    ) -> None:
        decoder = FrameDecoder(self._limits.message_bytes)
        began = time.monotonic()
        while not self._stopping and decoder.junk <= JUNK_LIMIT:
            was_inside = decoder.is_inside
            async with asyncio.timeout(self._patience(decoder, began)):
                chunk = await reader.read(READ_BYTES)
            if not chunk:
                break
            frames = decoder.feed(chunk)
            if frames or decoder.is_inside != was_inside:
                began = time.monotonic()
            for frame in frames:
                if not await self._answer(frame, writer, peer):
                    return
            if frames:
                began = time.monotonic()
        if decoder.junk:
            log.warning("mllp connection sent %d bytes outside frames", decoder.junk)

    def _patience(self, decoder: FrameDecoder, began: float) -> float:
        """Return how many seconds the next bytes may take."""
        limits = self._limits
        allowed = limits.idle_seconds
        if decoder.is_inside:
            allowed = limits.frame_seconds if decoder.has_header else limits.header_seconds
        return max(0.001, began + allowed - time.monotonic())

    async def _answer(self, frame: Frame, writer: asyncio.StreamWriter, peer: Peer) -> bool:
        """Handle one frame; say whether the connection may go on."""
        task = asyncio.current_task()
        if task is not None:
            self._busy.add(task)
        try:
            answer = await self._handler(Arrival(frame.data, frame.fault, peer))
        except Exception as error:  # noqa: BLE001 - any failure means: not kept, so no answer
            log.error("mllp handler failed: %s", type(error).__name__)  # noqa: TRY400
            return False
        if answer:
            writer.write(encode_frame(answer))
            async with asyncio.timeout(MAX_ANSWER_SECONDS):
                await writer.drain()
        if task is not None:
            self._busy.discard(task)
        return not self._stopping


def _peer(writer: asyncio.StreamWriter) -> Peer:
    address = writer.get_extra_info("peername") or ("", 0)
    certificate = writer.get_extra_info("peercert") or {}
    names = [f"{key}={value}" for part in certificate.get("subject", ()) for key, value in part]
    return Peer(str(address[0]), int(address[1]), ",".join(names))


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
        async with asyncio.timeout(1):
            await writer.wait_closed()
