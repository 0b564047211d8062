"""Where ids come from: the ids clients see, and the internal keys of rows."""

import secrets
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from fhir_server.model.date import microseconds

Clock = Callable[[], datetime]
"""The time as an aware datetime in UTC."""
NODE_BITS = 11
"""Low bits of an internal key that tell processes apart; the bits above count microseconds."""
MILLISECOND = 1000
VARIANT = 0b10


def utc_now() -> datetime:
    """Return the time of this machine: the clock a server goes by."""
    return datetime.now(UTC)


class Ids:
    """Allocates ids that grow with time, unique across threads and processes.

    Internal keys are 63-bit: microseconds since 1970, each used once in a process, then the node.
    Should two processes draw one node and one microsecond, the database refuses the second row
    and the unit of work is run again.
    """

    def __init__(self, clock: Clock, node: int | None = None) -> None:
        self._clock = clock
        self._node = secrets.randbits(NODE_BITS) if node is None else node
        self._last = 0
        self._guard = threading.Lock()

    def keys(self, count: int) -> range:
        """Return internal keys, ascending, above all this process has had."""
        now = microseconds(self._clock())
        with self._guard:
            first = max(now, self._last + 1)
            self._last = first + count - 1
        step = 1 << NODE_BITS
        return range(first * step + self._node, (first + count) * step, step)

    def key(self) -> int:
        """Return one internal key."""
        return self.keys(1)[0]

    def resource_id(self) -> str:
        """Return a new resource id: a UUID of version 7 (RFC 9562, 5.7), sorting by time."""
        milliseconds = microseconds(self._clock()) // MILLISECOND
        value = milliseconds << 80 | 7 << 76 | secrets.randbits(12) << 64
        return str(uuid.UUID(int=value | VARIANT << 62 | secrets.randbits(62)))
