"""A partner within this process: true to the port in everything, with nothing on the way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from fhir_server.transport.failure import NoConversation, NotReached
from fhir_server.transport.port import Arrival

Answering = Callable[[bytes], bytes]


@dataclass
class MemoryTransport:
    """The files of one partner in dicts, and the function that answers in real time, if any.

    `delivered` is what left, by name; `waiting` what arrives. One that is `down` is not reached;
    `reply` is what it says to a file that is let go.
    """

    is_local: bool = field(default=False, init=False)
    answering: Answering | None = None
    staged: dict[str, bytes] = field(default_factory=dict)
    delivered: dict[str, bytes] = field(default_factory=dict)
    waiting: dict[str, bytes] = field(default_factory=dict)
    settled: dict[str, bytes] = field(default_factory=dict)
    down: bool = False
    reply: bytes = b""

    def stage(self, name: str, data: bytes) -> None:
        """Put a file aside."""
        self._reach()
        self.staged[name] = data

    def release(self, name: str, data: bytes) -> bool:
        """Move a staged file to what was delivered."""
        del data
        self._reach()
        if name not in self.staged:
            return False
        self.delivered[name] = self.staged.pop(name)
        return True

    def arrivals(self, most: int) -> Iterator[Arrival]:
        """Yield what waits in the order it came."""
        self._reach()
        yield from [Arrival(name, name) for name in self.waiting][:most]

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return what waits under a name."""
        self._reach()
        return self.waiting.get(arrival.place)

    def settle(self, arrival: Arrival) -> None:
        """Take a file away from what waits."""
        self._reach()
        data = self.waiting.pop(arrival.place, None)
        if data is not None:
            self.settled[arrival.place] = data

    def ask(self, data: bytes, key: str, timeout: float) -> bytes:
        """Return what the function answers."""
        del key, timeout
        self._reach()
        if self.answering is None:
            raise NoConversation("this partner does not answer in real time")
        return self.answering(data)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def test(self) -> str:
        """Say that it is there."""
        self._reach()
        return "within this process"

    def _reach(self) -> None:
        if self.down:
            raise NotReached("the partner cannot be reached: it is down")
