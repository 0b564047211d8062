"""What a sender is told of a text that was taken in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Received:
    """A text taken in: its exchange, what became of it, and the answer to its sender, if any."""

    exchange: int
    state: str
    reply: bytes | None
