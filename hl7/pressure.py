"""Back-pressure: when too much is in hand, sockets are not read until enough of it is done.

What is in hand are the bytes of begun frames and of messages not answered yet, over all
connections of a listener. Above the high-water mark nobody is read but the connection whose frame
began first, so that always one frame can be completed; below the low-water mark all go on. An
application that is behind (its queue is long) can hold everybody.
"""

from dataclasses import dataclass, field
from typing import Protocol

MOST_MESSAGES = 5000
MOST_BYTES = 256 * 1024 * 1024


class Stoppable(Protocol):
    """A connection whose socket can be left unread."""

    began: float

    @property
    def is_inside(self) -> bool:
        """Say whether a frame has begun and not ended."""

    def stop_reading(self) -> None:
        """Leave the socket unread."""

    def go_on_reading(self) -> None:
        """Read the socket again."""


@dataclass(slots=True)
class Pressure:
    """The messages and bytes in hand of all connections, against their marks."""

    most_messages: int = MOST_MESSAGES
    most_bytes: int = MOST_BYTES
    messages: int = 0
    bytes: int = 0
    held: bool = False
    is_high: bool = False
    connections: set[Stoppable] = field(default_factory=set)

    @property
    def stops(self) -> bool:
        """Say whether a connection that reads now should wait."""
        return self.held or self.is_high

    def change(self, messages: int, bytes: int) -> None:
        """Note that so much more, or less, is in hand."""
        self.messages += messages
        self.bytes += bytes
        above = self.messages > self.most_messages or self.bytes > self.most_bytes
        below = self.messages * 2 <= self.most_messages and self.bytes * 2 <= self.most_bytes
        if above or (self.is_high and not below):
            self.is_high = True
            self._enforce()
        elif self.is_high:
            self.is_high = False
            self._enforce()

    def hold(self, *, held: bool) -> None:
        """Stop reading everybody, or let them go on: the application says so."""
        if held != self.held:
            self.held = held
            self._enforce()

    def _enforce(self) -> None:
        first = self._first() if self.is_high and not self.held else None
        for one in tuple(self.connections):
            if self.stops and one is not first:
                one.stop_reading()
            else:
                one.go_on_reading()

    def _first(self) -> Stoppable | None:
        begun = [one for one in self.connections if one.is_inside]
        return min(begun, key=lambda one: one.began, default=None)
