"""A server in a thread of its own, and how its peers speak."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

from hl7.acknowledgment import acknowledge, refuse
from hl7.endpoint import Endpoint, Limits
from hl7.message import NotHl7, parse
from hl7.mllp import Frame, FrameDecoder
from hl7.pressure import Pressure
from hl7.refusal import Refusal
from hl7.server import Answer, Arrival, Handler, MllpServer

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def message(control_id: str, extra: str = "") -> bytes:
    header = f"MSH|^~\\&|LAB|MAIN|CLINIC|WEST|20260101||ADT^A01|{control_id}|P|2.5"
    return f"{header}\rPID|1{extra}".encode()


def reply(data: bytes, fault: str = "") -> bytes:
    """Accept what can be read, refuse the rest."""
    try:
        if fault:
            return refuse(data, control_id="R", now=NOW, text=fault)
        parsed = parse(data)
    except NotHl7:
        return refuse(data, control_id="R", now=NOW, text="unreadable")
    return acknowledge(parsed, "accept", control_id="R", now=NOW)


async def answer(arrival: Arrival) -> Answer:
    return Answer(reply(arrival.data, arrival.fault))


class Running:
    """A server in a thread of its own, with what it refused."""

    def __init__(self, handler: Handler, endpoint: Endpoint, pressure: Pressure, most: int) -> None:
        self.refusals: list[Refusal] = []
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = MllpServer(
            handler,
            endpoint,
            pressure=pressure,
            on_refused=self.refusals.append,
            most_connections=most,
        )
        self.call(self.server.start)
        self.port = self.server.port

    def call(self, action: Callable[[], object]) -> None:
        async def run() -> None:
            result = action()
            if asyncio.iscoroutine(result):
                await result

        asyncio.run_coroutine_threadsafe(run(), self.loop).result(20)

    @property
    def reasons(self) -> list[str]:
        return [one.reason.id for one in self.refusals]

    def close(self) -> None:
        self.call(lambda: self.server.stop(grace=2))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@contextmanager
def serving(
    handler: Handler = answer,
    limits: Limits | None = None,
    endpoint: Endpoint | None = None,
    pressure: Pressure | None = None,
    most: int = 256,
) -> Iterator[Running]:
    own = endpoint or Endpoint(limits=limits or Limits())
    running = Running(handler, own, pressure or Pressure(), most)
    try:
        yield running
    finally:
        running.close()


def connect(running: Running) -> socket.socket:
    return socket.create_connection(("127.0.0.1", running.port), 10)


def read_frames(connection: socket.socket, count: int) -> list[bytes]:
    decoder, frames = FrameDecoder(), list[Frame]()
    while len(frames) < count:
        chunk = connection.recv(65536)
        if not chunk:
            break
        frames += decoder.feed(chunk)
    return [frame.data for frame in frames]
