"""The MLLP process: takes HL7 v2 messages over sockets and answers when they are stored.

Sockets live on one asyncio loop (`hl7.server`); messages are taken in by a few threads, each with
a database connection of its own, so that waiting for one commit holds up no other connection.
"""

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor

from fhir_server.intake.v2 import receive
from fhir_server.model.rest import Context
from fhir_server.outcome import Unavailable
from fhir_server.runtime import Runtime
from fhir_server.settings import SettingError, Settings
from fhir_server.store.processes import beat, part_name, retire
from hl7.dictionary import preload
from hl7.endpoint import BadEndpoint, Endpoint, Limits
from hl7.server import Answer, Arrival, MllpServer

log = logging.getLogger("parity.listener")

BEAT_SECONDS = 5.0
GRACE_SECONDS = 10.0


def main(settings: Settings, host: str, port: int) -> None:
    """Listen until SIGTERM or SIGINT; messages in hand are answered first.

    Raises SettingError where the address must not be listened on.
    """
    preload()
    runtime = Runtime.build(settings)
    try:
        asyncio.run(_serve(runtime, host, port))
    except BadEndpoint as error:
        raise SettingError(f"{error} (PARITY_MLLP_PLAIN)") from error


async def _serve(runtime: Runtime, host: str, port: int) -> None:
    settings = runtime.settings
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    limits = Limits(
        message_bytes=settings.mllp_message_limit,
        frame_seconds=settings.mllp_frame_timeout,
        idle_seconds=settings.mllp_idle_timeout,
        connections=settings.mllp_connections,
    )
    with ThreadPoolExecutor(settings.pool_size, "intake") as threads:

        async def handle(arrival: Arrival) -> Answer:
            return Answer(await loop.run_in_executor(threads, _take, arrival, runtime))

        endpoint = Endpoint(settings.feed, host, port, limits=limits, plain=settings.mllp_plain)
        server = MllpServer(handle, endpoint, most_connections=settings.mllp_connections)
        await server.start()
        log.info("listening address=%s:%s", host, server.port)
        address = f"{host}:{server.port}"
        while not stop.is_set():
            await loop.run_in_executor(threads, _say_alive, runtime, address)
            try:
                await asyncio.wait_for(stop.wait(), BEAT_SECONDS)
            except TimeoutError:
                continue
        await server.stop(GRACE_SECONDS)
        runtime.store.transact(Context(), lambda work: retire(work, "listener", part_name()))


def _say_alive(runtime: Runtime, address: str) -> None:
    try:
        runtime.store.transact(
            Context(), lambda work: beat(work, "listener", part_name(), {"address": address})
        )
    except Unavailable:
        log.warning("the database cannot be reached")


def _take(arrival: Arrival, runtime: Runtime) -> bytes:
    context = Context(tenant=runtime.settings.tenant)
    peer = f"{arrival.peer.host}:{arrival.peer.port}"
    return receive(arrival.data, runtime, context, peer=peer, fault=arrival.fault).reply or b""
