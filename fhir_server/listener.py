"""The MLLP process: takes HL7 v2 messages over sockets and answers when they are stored.

Sockets live on one asyncio loop (`hl7.server`), one for each feed that has a port and one of the
listener's own; feeds are looked at anew every few seconds, so that one is added, changed or taken
away without a restart. What arrives on all connections at a time is taken in together by a few
threads, so that one commit serves many senders and waiting for it holds up no socket.
"""

import asyncio
import logging
import shutil
import signal
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from fhir_server.intake.endpoints import Wanted, own_endpoint, wanted
from fhir_server.intake.v2 import receive_many
from fhir_server.intake.v2_letter import Arrival as Incoming
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, Unavailable
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError, Settings
from fhir_server.store import feeds, queue_depth, refusals
from fhir_server.store.processes import beat, part_name, retire
from hl7.acknowledgment import postpone
from hl7.dictionary import preload
from hl7.endpoint import BadEndpoint, Endpoint
from hl7.gather import Gather
from hl7.pressure import Pressure
from hl7.refusal import Refusal
from hl7.server import Answer, Arrival, MllpServer

log = logging.getLogger("parity.listener")

GRACE_SECONDS = 10.0
MOST_TOGETHER = 32
LANES = {"postgresql": 2, "sqlite": 1}
"""Groups of messages taken in at once: SQLite has one writer."""
MOST_REFUSALS = 1000
LEAST_FREE_SHARE = 0.05
LEAST_FREE_BYTES = 1_000_000_000
"""Room on the disk of the data below which nothing more is taken: the smaller of the two."""
NO_ROOM = "the receiver has no room left on its disk: send the message again later"


def main(settings: Settings, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT; messages in hand are answered first.

    Raises SettingError where the listener's own address must not be listened on.
    """
    preload()
    own = own_endpoint(settings, host, port)
    try:
        own.judge()
    except BadEndpoint as error:
        raise SettingError(f"{error} (PARITY_MLLP_PLAIN)") from error
    asyncio.run(Listener(Runtime.build(settings), own).serve())


class Listener:
    """The open endpoints of a process and what they share."""

    def __init__(self, runtime: Runtime, own: Endpoint) -> None:
        self._runtime = runtime
        self._context = Context(tenant=runtime.settings.tenant)
        self._own = own
        self._servers: dict[str, MllpServer] = {}
        self._faults: dict[str, str] = {}
        self._pressure = Pressure()
        self._refusals: deque[Refusal] = deque(maxlen=MOST_REFUSALS)
        self._has_room = True
        self._high_water: dict[str, int] = {}
        self._numbers = count(1)
        lanes = LANES[runtime.store.database.dialect]
        self._threads = ThreadPoolExecutor(lanes + 1, "intake")
        self._gather: Gather[Arrival, bytes] = Gather(self._take, most=MOST_TOGETHER, lanes=lanes)

    async def serve(self) -> None:
        """Listen until told to stop. Raises OSError where the own address cannot be had."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await self._open("", self._own)
        while not stop.is_set():
            await self._look()
            try:
                await asyncio.wait_for(stop.wait(), self._runtime.settings.listener_look / 1000)
            except TimeoutError:
                continue
        stops = (server.stop(GRACE_SECONDS) for server in self._servers.values())
        await asyncio.gather(*stops)
        self._threads.shutdown()
        self._note_refusals()
        self._retire()

    def _retire(self) -> None:
        try:
            self._runtime.store.transact(
                self._context, lambda work: retire(work, "listener", part_name())
            )
        except FhirError as error:
            log.warning("the end could not be noted: %s", type(error).__name__)

    async def _look(self) -> None:
        """Open what the feeds ask for, say that the process lives, and hold who is far ahead."""
        loop = asyncio.get_running_loop()
        try:
            asked, waiting = await loop.run_in_executor(self._threads, self._read)
        except FhirError as error:
            log.warning("the database cannot be reached: %s", type(error).__name__)
            return
        await self._reload(asked)
        for feed, server in self._servers.items():
            server.hold(held=waiting.get(feed, 0) >= self._high_water.get(feed, 1 << 60))
        self._has_room = has_room(self._runtime.settings)
        if not self._has_room:
            log.error("messages are refused: the disk of the data is full")
        await loop.run_in_executor(self._threads, self._say_alive)

    def _read(self) -> tuple[Wanted, dict[str, int]]:
        with self._runtime.store.read(self._context) as reader:
            records = list(feeds.known(reader).values())
            waiting = queue_depth.by_feed(reader)
        self._high_water = {one.id: one.listen.high_water for one in records if one.listen}
        return wanted(records, self._runtime.settings), waiting

    async def _reload(self, asked: Wanted) -> None:
        self._tell_faults(asked.faults)
        for feed in [one for one in self._servers if one and one not in asked.endpoints]:
            if feed not in asked.faults:
                await self._close(feed)
        for feed, endpoint in asked.endpoints.items():
            server = self._servers.get(feed)
            if server is not None and server.endpoint == endpoint:
                continue
            if server is not None and _address(server.endpoint) == _address(endpoint):
                server.renew(endpoint)
                self._runtime.feeds.forget()
                log.info("feed=%s changed", feed)
                continue
            if server is not None:
                await self._close(feed)
            await self._try_open(feed, endpoint)

    async def _try_open(self, feed: str, endpoint: Endpoint) -> None:
        try:
            await self._open(feed, endpoint)
        except (OSError, BadEndpoint) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self._tell_faults({**self._faults, feed: f"port {endpoint.port}: {reason}"})

    async def _open(self, feed: str, endpoint: Endpoint) -> None:
        server = MllpServer(
            self._answer,
            endpoint,
            pressure=self._pressure,
            on_refused=self._refuse,
            most_connections=self._runtime.settings.mllp_connections,
        )
        self._runtime.feeds.forget()
        await server.start()
        self._servers[feed] = server
        log.info("listening feed=%s address=%s:%s", feed or "*", endpoint.host, server.port)

    async def _close(self, feed: str) -> None:
        await self._servers.pop(feed).stop(GRACE_SECONDS)
        log.info("feed=%s no longer listened to", feed)

    def _tell_faults(self, faults: Mapping[str, str]) -> None:
        for feed, reason in faults.items():
            if self._faults.get(feed) != reason:
                log.error("feed=%s cannot be listened to: %s", feed, reason)
        self._faults = dict(faults)

    def _refuse(self, refusal: Refusal) -> None:
        log.warning("%s", refusal.line)
        self._refusals.append(refusal)

    async def _answer(self, arrival: Arrival) -> Answer:
        if not self._has_room:
            now, number = self._runtime.clock(), next(self._numbers)
            control = f"W{now:%H%M%S}{number}"
            return Answer(postpone(arrival.data, control_id=control, now=now, text=NO_ROOM))
        return Answer(await self._gather(arrival))

    async def _take(self, group: Sequence[Arrival]) -> list[bytes | BaseException]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._receive, group)

    def _receive(self, group: Sequence[Arrival]) -> list[bytes | BaseException]:
        incoming = [
            Incoming(one.data, f"{one.peer.host}:{one.peer.port}", one.fault, one.feed)
            for one in group
        ]
        taken = receive_many(incoming, self._runtime, self._context)
        return [one if isinstance(one, FhirError) else one.reply or b"" for one in taken]

    def _say_alive(self) -> None:
        self._note_refusals()
        self._beat()

    def _note_refusals(self) -> None:
        kept = [self._refusals.popleft() for _ in range(len(self._refusals))]
        if not kept:
            return
        try:
            self._runtime.store.transact(self._context, lambda work: refusals.keep(work, kept))
        except FhirError as error:
            log.warning("refusals could not be noted: %s", type(error).__name__)
            self._refusals.extendleft(reversed(kept))

    def _beat(self) -> None:
        detail = self._detail()
        try:
            self._runtime.store.transact(
                self._context, lambda work: beat(work, "listener", part_name(), detail)
            )
        except Unavailable:
            log.warning("the database cannot be reached")

    def _detail(self) -> JsonObject:
        own = self._servers[""]
        return {
            "address": f"{self._own.host}:{own.port}",
            "feeds": [_told(feed, server) for feed, server in self._servers.items()],
            "faults": dict(self._faults),
            "waiting": self._gather.waiting,
            "bytes": self._pressure.bytes,
        }


def _told(feed: str, server: MllpServer) -> JsonObject:
    return {
        "feed": feed,
        "address": f"{server.endpoint.host}:{server.port}",
        "tls": server.endpoint.tls is not None,
        "connections": server.connections,
        "messages": server.messages,
        "held": server.is_held,
    }


def _address(endpoint: Endpoint) -> tuple[str, int]:
    return endpoint.host, endpoint.port


def has_room(settings: Settings) -> bool:
    """Say whether the disk of the data has room for more messages."""
    try:
        usage = shutil.disk_usage(settings.data_dir)
    except OSError:
        return True
    return usage.free >= min(usage.total * LEAST_FREE_SHARE, LEAST_FREE_BYTES)
