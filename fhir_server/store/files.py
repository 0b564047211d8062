"""Files below one folder: whole or not there at all, even when the process is killed."""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from fhir_server.outcome import NotFound

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
UNFINISHED = ".part-"


@dataclass(frozen=True, slots=True)
class Files:
    """The files below a folder; names are relative paths with `/`, and never lead out of it."""

    root: Path

    def path(self, name: str) -> Path:
        """Return where a file is or would be. Raises NotFound for a name that cannot be one."""
        if not NAME.fullmatch(name):
            raise NotFound("there is no such file")
        return self.root / name

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file for writing; it appears under its name, on disk, when the block ends.

        When the block raises, nothing of it stays. A file of that name is replaced.
        """
        final = self.path(name)
        final.parent.mkdir(parents=True, exist_ok=True)
        unfinished = final.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
        try:
            with unfinished.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(final)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(final.parent)

    def write(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a whole file; return its size in bytes."""
        size = 0
        with self.create(name) as file:
            for chunk in chunks:
                size += file.write(chunk)
        return size

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises NotFound."""
        try:
            return self.path(name).open("rb")
        except (FileNotFoundError, IsADirectoryError):
            raise NotFound("there is no such file") from None

    def names(self, folder: str) -> list[str]:
        """Return the names of the finished files in a folder, sorted."""
        place = self.path(folder)
        if not place.is_dir():
            return []
        files = (one for one in place.iterdir() if one.is_file())
        return sorted(f"{folder}/{one.name}" for one in files if not one.name.startswith("."))

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        self.path(name).unlink(missing_ok=True)

    def remove_folder(self, folder: str) -> None:
        """Remove a folder of files, finished or not, if it is there."""
        place = self.path(folder)
        if not place.is_dir():
            return
        for one in place.iterdir():
            one.unlink(missing_ok=True)
        place.rmdir()


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
