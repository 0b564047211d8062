"""One MLLP connection: frames in, each handed on and answered before the next is taken.

An answer never overtakes another. Under release 2 each message is answered by a commit byte
first, and our own blocks by the peer's. An application acknowledgment may follow later, between
other answers. A handler that fails means: not kept. The peer is then told so by a negative commit
(release 2) or by a closed connection, and sends again.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from hl7.endpoint import Endpoint
from hl7.mllp import ACK_BLOCK, NAK_BLOCK, Fault, Frame, FrameDecoder, encode_frame
from hl7.pressure import Pressure
from hl7.refusal import Peer, Refusal, reason_of_junk, refused

log = logging.getLogger(__name__)

JUNK_LIMIT = 64 * 1024
ANSWER_SECONDS = 30.0
MOST_WAITING = 16
"""Messages one connection may send ahead of their answers before it is not read for a while."""
COMMITS = {ACK_BLOCK, NAK_BLOCK}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A frame with its feed and sender. With a `fault` the data are only its first bytes."""

    data: bytes
    fault: Fault
    peer: Peer
    feed: str = "default"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a message is answered: now, and later, where the sender wants both (enhanced mode).

    No bytes mean that nothing is sent. `undelivered` is given the later answer when the
    connection is gone by then.
    """

    now: bytes = b""
    later: Awaitable[bytes] | None = None
    undelivered: Callable[[bytes], None] | None = None


Handler = Callable[[Arrival], Awaitable[Answer]]


@dataclass(slots=True)
class Port:
    """What the connections of an endpoint share."""

    endpoint: Endpoint
    handler: Handler
    pressure: Pressure
    on_refused: Callable[[Refusal], None]
    identify: Callable[["Connection", asyncio.Transport], bool]
    connections: set["Connection"] = field(default_factory=set)
    messages: int = 0
    stopping: bool = False
    held: bool = False

    @property
    def stops(self) -> bool:
        """Say whether connections are not to be read for now."""
        return self.held or self.pressure.stops


class Connection(asyncio.Protocol):
    """The connection of one peer."""

    def __init__(self, port: Port, peer: Peer) -> None:
        self.port = port
        self.peer = peer
        self.began = time.monotonic()
        self._decoder = FrameDecoder(port.endpoint.limits.message_bytes)
        self._waiting: deque[Frame] = deque()
        self._in_hand = 0
        self._answering: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._reading = True
        self._ended = False
        self._lost = asyncio.Event()

    @property
    def is_inside(self) -> bool:
        """Say whether a frame has begun and not ended."""
        return self._decoder.is_inside

    @property
    def is_busy(self) -> bool:
        """Say whether a message is in hand."""
        return self._answering is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to be served."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("an MLLP connection is a stream")
        self._transport = transport
        self._writable.set()
        self.port.connections.add(self)
        self.port.pressure.connections.add(self)
        if not self.port.identify(self, transport):
            self.close()
        elif self.port.stops:  # after the transport has begun to read
            asyncio.get_running_loop().call_soon(self.stop_reading)

    def data_received(self, data: bytes) -> None:
        """Take bytes; hand on the frames they complete."""
        if self._is_gone:
            return
        was_inside, quiet = self._decoder.is_inside, self._decoder.junk
        frames = self._decoder.feed(data)
        if self._decoder.junk > JUNK_LIMIT or (quiet == 0 and self._decoder.junk):
            self._judge_junk(data)
        if frames or self._decoder.is_inside != was_inside:
            self.began = time.monotonic()
        self._waiting.extend(frames)
        self._account()
        if self._waiting and self._answering is None:
            self._answering = asyncio.get_running_loop().create_task(self._answer_all())
        if len(self._waiting) >= MOST_WAITING:
            self.stop_reading()

    def eof_received(self) -> bool:
        """Let what was sent be answered before the connection is closed."""
        self._ended = True
        if self._decoder.is_inside:
            self.refuse("half-frame", data=self._decoder.begun)
        return self.is_busy and self.port.endpoint.tls is None  # TLS cannot be half closed

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; what is in hand is finished without an answer."""
        del exc
        if self._decoder.is_inside and not self._ended and not self.port.stopping:
            self.refuse("half-frame", data=self._decoder.begun)
        self._ended = True
        self._waiting.clear()
        self._decoder = FrameDecoder()
        self._account()
        self._writable.set()
        self._lost.set()
        self.port.connections.discard(self)
        self.port.pressure.connections.discard(self)

    def pause_writing(self) -> None:
        """Wait with answers: the peer does not read them."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Go on with answers."""
        self._writable.set()

    def stop_reading(self) -> None:
        """Leave the socket unread."""
        if self._reading and self._transport is not None and not self._transport.is_closing():
            self._reading = False
            self._transport.pause_reading()

    def go_on_reading(self) -> None:
        """Read the socket again; time it was not read is not held against the peer."""
        if self._reading or self.port.held or self._transport is None or self._is_gone:
            return
        if len(self._waiting) < MOST_WAITING:
            self._reading = True
            self.began = time.monotonic()
            self._transport.resume_reading()

    def expire(self, now: float) -> None:
        """Close the connection when what it does takes too long."""
        limits = self.port.endpoint.limits
        if self.is_busy or not self._reading:
            return
        passed = now - self.began
        if not self._decoder.is_inside:
            if passed > limits.idle_seconds:
                self.close()
        elif not self._decoder.has_header and passed > limits.header_seconds:
            self._cut_off("slow-header")
        elif passed > limits.frame_seconds:
            self._cut_off("slow-frame")

    def refuse(self, reason: str, detail: str = "", data: bytes = b"") -> None:
        """Tell why the peer was refused."""
        self.port.on_refused(refused(self.port.endpoint.feed, reason, self.peer, detail, data))

    def close(self) -> None:
        """Close once what was written is sent."""
        self._ended = True
        if self._transport is not None:
            self._transport.close()

    async def finish(self) -> None:
        """Let the message in hand be answered, then close."""
        if self._answering is not None:
            await asyncio.wait({self._answering})
        self.close()
        await self._lost.wait()

    def abort(self) -> None:
        """Close at once, dropping the message in hand, which is not answered."""
        for task in (self._answering, *self._later):
            if task is not None:
                task.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _cut_off(self, reason: str) -> None:
        data = self._decoder.begun
        self._decoder = FrameDecoder()
        self._account()
        self.refuse(reason, data=data)
        self.close()

    def _judge_junk(self, data: bytes) -> None:
        """Close on too much junk, or on the first bytes of another protocol."""
        reason = reason_of_junk(data)
        if reason != "junk" or self._decoder.junk > JUNK_LIMIT:
            self.refuse(reason, f"{self._decoder.junk} bytes", data)
            self.close()

    def _account(self) -> None:
        held = self._decoder.size + sum(len(frame.data) for frame in self._waiting)
        if held != self._in_hand:
            change, self._in_hand = held - self._in_hand, held
            self.port.pressure.change(0, change)

    async def _answer_all(self) -> None:
        try:
            while self._waiting and not self.port.stopping and not self._is_gone:
                await self._answer(self._waiting.popleft())
                self._account()
        finally:
            self._answering = None
            self.began = time.monotonic()
            if self._ended or self.port.stopping:
                self.close()
            elif not self.port.stops:
                self.go_on_reading()

    @property
    def _is_gone(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    async def _answer(self, frame: Frame) -> None:
        if frame.data in COMMITS:
            return
        pressure, size = self.port.pressure, len(frame.data)
        pressure.change(1, size)
        endpoint = self.port.endpoint
        arrival = Arrival(frame.data, frame.fault, self.peer, endpoint.feed)
        del frame
        try:
            answer = await self.port.handler(arrival)
        except Exception as error:  # noqa: BLE001 - any failure means: not kept, so no answer
            log.error("feed=%s handler failed: %s", endpoint.feed, type(error).__name__)  # noqa: TRY400
            await self._fail()
            return
        finally:
            pressure.change(-1, -size)
        self.port.messages += 1
        commit = encode_frame(ACK_BLOCK) if endpoint.release == 2 else b""
        await self._write(commit + (encode_frame(answer.now) if answer.now else b""))
        if answer.later is not None:
            task = asyncio.get_running_loop().create_task(self._answer_later(answer))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _fail(self) -> None:
        if self.port.endpoint.release == 2:
            await self._write(encode_frame(NAK_BLOCK))
            return
        self._waiting.clear()
        self.close()

    async def _answer_later(self, answer: Answer) -> None:
        if answer.later is None:
            return
        try:
            reply = await answer.later
        except Exception as error:  # noqa: BLE001 - told to the sender by whoever applies it again
            log.error("later answer failed: %s", type(error).__name__)  # noqa: TRY400
            return
        if not reply:
            return
        if self._is_gone and answer.undelivered is not None:
            answer.undelivered(reply)
            return
        await self._write(encode_frame(reply))

    async def _write(self, data: bytes) -> None:
        if not data or self._transport is None or self._is_gone:
            return
        self._transport.write(data)
        if self._writable.is_set():
            return
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._writable.wait()
        except TimeoutError:
            self.refuse("unread-answer")
            self._transport.abort()
