"""What every way to a partner does.

A file leaves in two steps, each of which may be repeated: after `stage` nothing has left, after
`release` it has, once, or the partner knows it for the one it has. What arrives is read first and
settled when it is kept; not settled, it arrives again. `ask` is a conversation: one interchange
out, the answer in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that waits: the name the partner gave it and the address it is fetched from."""

    name: str
    place: str


class Transport(Protocol):
    """One partner's way in and out. Each call raises NotReached, NotTrusted, NotTaken."""

    @property
    def is_local(self) -> bool:
        """Whether it is this machine's: looked at all the time, used while rows are held."""
        ...

    @property
    def reply(self) -> bytes:
        """What the partner said when the last file was let go; empty where it says nothing."""
        ...

    def stage(self, name: str, data: bytes) -> None:
        """Bring a file close, so that it only has to be let go; what is staged has not left."""
        ...

    def release(self, name: str, data: bytes) -> bool:
        """Let a staged file go; say whether it was still there. Gone means it has left before."""
        ...

    def arrivals(self, most: int) -> Iterator[Arrival]:
        """Yield files that wait, oldest first; those still being written are left out."""
        ...

    def fetch(self, arrival: Arrival) -> bytes | None:
        """Return the bytes of a file; None when it is gone."""
        ...

    def settle(self, arrival: Arrival) -> None:
        """Put away a file that was kept here; one that is gone was settled by another."""
        ...

    def ask(self, data: bytes, key: str, timeout: float) -> bytes:
        """Return the answer to an interchange; `key` tells a question asked again.

        Raises NoAnswer after `timeout` seconds, NoConversation where the transport cannot.
        """
        ...

    def test(self) -> str:
        """Try to reach the partner without changing anything there; say what was found."""
        ...

    def close(self) -> None:
        """Let go of connections; the next call opens them again."""
        ...
