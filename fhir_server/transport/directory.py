"""Interchanges as files: an outbox they leave by and an inbox they arrive in.

A file leaves in two steps, so that it leaves once whatever is killed when: `stage` writes it aside
and may be repeated; when the caller has committed that it is staged, `release` renames it into the
outbox. A staged file that is gone has left already, and the partner may have fetched it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG

from fhir_server.transport import port
from fhir_server.transport.failure import NoConversation, NotReached

DONE = "done"
STAGING = ".staging"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file in an inbox."""

    path: Path

    @property
    def name(self) -> str:
        """The name the partner gave it."""
        return self.path.name

    def read(self) -> bytes:
        """Return its bytes."""
        return self.path.read_bytes()


def stage(outbox: Path, name: str, data: bytes) -> None:
    """Write a file aside, whole and synced; a file of that name still there is replaced."""
    staging = outbox / STAGING
    staging.mkdir(parents=True, exist_ok=True)
    with (staging / name).open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    _sync(staging)


def release(outbox: Path, name: str) -> bool:
    """Move a staged file into the outbox; say whether it was still staged."""
    try:
        (outbox / STAGING / name).rename(outbox / name)
    except FileNotFoundError:
        return False
    _sync(outbox)
    return True


def arrivals(inbox: Path) -> Iterator[Arrival]:
    """Yield the files of an inbox, oldest first; hidden ones are still being written."""
    if not inbox.is_dir():
        return
    found = []
    for path in inbox.iterdir():
        age = None if path.name.startswith(".") else _age(path)
        if age is not None:
            found.append((age, path))
    for _, path in sorted(found):
        yield Arrival(path)


def _age(path: Path) -> int | None:
    """Return when a file was written; None for a folder, and for what another worker took away."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime_ns if S_ISREG(status.st_mode) else None


def settle(arrival: Arrival) -> None:
    """Move a file that was taken in to `done` beside it; a name used before gets a number.

    A file that is gone was settled by another worker.
    """
    done = arrival.path.parent / DONE
    done.mkdir(exist_ok=True)
    target, number = done / arrival.name, 1
    while target.exists():
        target, number = done / f"{arrival.name}.{number}", number + 1
    try:
        arrival.path.rename(target)
    except FileNotFoundError:
        return
    _sync(done)


def _sync(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class DirectoryTransport:
    """The folders of one partner."""

    inbox: Path
    outbox: Path
    reply: bytes = b""
    is_local: bool = True

    def stage(self, name: str, data: bytes) -> None:
        """Write a file aside. Raises NotReached where the folder cannot be written."""
        try:
            stage(self.outbox, name, data)
        except OSError as error:
            raise _not_reached(self.outbox, error) from None

    def release(self, name: str, data: bytes) -> bool:
        """Move a staged file into the outbox."""
        del data
        try:
            return release(self.outbox, name)
        except OSError as error:
            raise _not_reached(self.outbox, error) from None

    def arrivals(self, most: int) -> Iterator[port.Arrival]:
        """Yield the files of the inbox, oldest first."""
        try:
            for one in islice(arrivals(self.inbox), most):
                yield port.Arrival(one.name, str(one.path))
        except OSError as error:
            raise _not_reached(self.inbox, error) from None

    def fetch(self, arrival: port.Arrival) -> bytes | None:
        """Return the bytes of a file of the inbox."""
        try:
            return Path(arrival.place).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _not_reached(self.inbox, error) from None

    def settle(self, arrival: port.Arrival) -> None:
        """Move a file of the inbox to `done` beside it."""
        try:
            settle(Arrival(Path(arrival.place)))
        except OSError as error:
            raise _not_reached(self.inbox, error) from None

    def ask(self, data: bytes, key: str, timeout: float) -> bytes:
        """Refuse: nobody answers in a folder while we wait. Raises NoConversation."""
        del data, key, timeout
        raise NoConversation(
            "the partner is reached by folders, which do not answer in real time: "
            "give it a transport of kind https with an ask address, or send the request in a file"
        )

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def test(self) -> str:
        """Say whether both folders are there or can be made."""
        for folder in (self.inbox, self.outbox):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _not_reached(folder, error) from None
            if not os.access(folder, os.R_OK | os.W_OK):
                raise NotReached(f"the folder {folder.name} cannot be read and written")
        return f"folders {self.inbox} and {self.outbox} can be read and written"


def _not_reached(folder: Path, error: OSError) -> NotReached:
    return NotReached(f"the folder {folder.name} cannot be used: {error.strerror}")
