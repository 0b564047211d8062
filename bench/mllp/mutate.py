"""`python -m bench.mllp.mutate [messages] [connections]`: spoiled messages over real sockets.

Each of them gets an answer or a clean close within a second, or wants no answer: then a good
message after it is answered. The listener does not die, and takes at most 50 MB more at the end.
"""

import random
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.mllp.mutation import mutate
from bench.mllp.site import Site
from hl7.mllp import FrameDecoder, encode_frame
from tests.acceptance.messages import oru
from tests.postgresql import private_server

SECONDS = 1.0
PATIENCE = 30.0
SAMPLES = Path(__file__).parents[2] / "tests" / "golden" / "v2"


@dataclass
class Tally:
    """How spoiled messages ended: by outcome; the slowest; and which were late or unanswered."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def note(self, outcome: str, took: float, name: str, seed: int) -> None:
        """Note one message."""
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, took)
        if took > SECONDS or outcome == "nothing":
            self.faults.append(f"{outcome} after {took:.2f} s: {name} of seed {seed}")


def good_messages() -> list[bytes]:
    """Return the messages that are spoiled: our golden ones and a plain result."""
    golden = [path.read_bytes() for path in sorted(SAMPLES.glob("*.hl7"))]
    return [*golden, oru("G1", patient="MG1", order="FG1", results=5)]


def receive(connection: socket.socket, patience: float) -> bytes | None:
    """Return the next answer, empty at a close, None when nothing came in time."""
    decoder = FrameDecoder()
    connection.settimeout(patience)
    try:
        while chunk := connection.recv(1 << 16):
            frames = decoder.feed(chunk)
            if frames:
                return frames[0].data
    except TimeoutError:
        return None
    except ConnectionError:
        return b""
    return b""


def spoil(site: Site, seeds: Sequence[int], goods: Sequence[bytes], tally: Tally) -> None:
    """Send one spoiled message a seed, each over a connection of its own."""
    for seed in seeds:
        chance = random.Random(seed)
        name, message = mutate(chance.choice(goods), chance)
        with suppress(ConnectionError), site.connect(PATIENCE) as connection:
            began = time.monotonic()
            with suppress(ConnectionError):
                connection.sendall(encode_frame(message))
            answer = receive(connection, SECONDS)
            took = time.monotonic() - began
            tally.note(*outcome_of(answer, took, connection), name, seed)


def outcome_of(answer: bytes | None, took: float, connection: socket.socket) -> tuple[str, float]:
    """Return how a message ended, and after how long."""
    if answer is None:
        return unanswered(connection)
    code = answer.partition(b"\rMSA|")[2][:2].decode("latin-1")
    return (code or "answered") if answer else "closed", took


def unanswered(connection: socket.socket) -> tuple[str, float]:
    """Send a good message after one that was not answered: it tells whether one was wanted."""
    began = time.monotonic()
    last = oru("LAST", patient="MG1", order="FG1", results=1)
    with suppress(ConnectionError):
        connection.sendall(encode_frame(last))
    while (answer := receive(connection, PATIENCE)) is not None:
        took = time.monotonic() - began
        if b"|LAST" in answer:
            return "none wanted", took
        return ("late", SECONDS + took) if answer else ("closed", SECONDS + took)
    return "nothing", SECONDS + PATIENCE


def run(site: Site, messages: int, connections: int, first: int = 0) -> Tally:
    """Send so many spoiled messages, from so many peers at once."""
    tally, goods = Tally(), good_messages()
    shares = [range(first + lane, first + messages, connections) for lane in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        for done in [pool.submit(spoil, site, share, goods, tally) for share in shares]:
            done.result()
    return tally


def main() -> None:
    """Spoil, and print what became of it."""
    messages = int((sys.argv[1:] or ["100000"])[0])
    connections = int((sys.argv[2:] or ["8"])[0])
    with tempfile.TemporaryDirectory() as folder, private_server() as server:
        site = Site(server.create_database("mutate"), Path(folder))
        site.initialise()
        site.start("listener")
        try:
            run(site, min(messages, 2000), connections)
            before = site.memory()
            began = time.monotonic()
            tally = run(site, messages, connections, 2000)
            lasted = time.monotonic() - began
            grown = site.memory() - before
            died = site.processes["listener"].poll() is not None
        finally:
            site.stop()
    print(f"{messages:,} spoiled messages in {lasted:.0f} s: {dict(tally.outcomes)}")
    print(f"slowest {tally.slowest:.2f} s; memory grew by {grown:.1f} MB; died: {died}")
    print("\n".join(tally.faults[:20]))
    if died or tally.faults:
        raise ValueError("a message was not answered in time")


if __name__ == "__main__":
    main()
