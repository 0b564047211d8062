"""Files to load: Bundles, resources, NDJSON, compressed or not, folders and IG packages.

An IG package (.tgz, https://confluence.hl7.org/display/FHIR/NPM+Package+Specification) gives the
resources of its `package` folder and of its examples.
"""

import gzip
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Malformed

NOT_RESOURCES = ("package.json", ".index.json", ".index.db")
ENDINGS = (".json", ".ndjson", ".json.gz", ".ndjson.gz", ".tgz", ".tar.gz")


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON text of a file: its place, and the resource or why it cannot be read.

    `line` counts from 1 in NDJSON and is 0 for a file that holds one text.
    """

    file: str
    line: int
    resource: JsonObject | None
    error: Malformed | None = None


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of paths, folders walked in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from (one for one in sorted(path.rglob("*")) if one.name.endswith(ENDINGS))
        else:
            yield path


def items(path: Path) -> Iterator[Item]:
    """Yield what a file holds, a line at a time for NDJSON.

    Raises OSError when the file cannot be read or is not the archive its name says.
    """
    if path.name.endswith((".tgz", ".tar.gz")):
        yield from _package(path)
    elif ".ndjson" in path.suffixes:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _item(path.name, number, line)
    else:
        with _open(path) as content:
            yield _item(path.name, 0, content.read())


@contextmanager
def _open(path: Path) -> Iterator[BufferedIOBase]:
    """Open a file for reading, unpacking it when it begins as gzip does."""
    with path.open("rb") as content:
        packed = content.read(2) == b"\x1f\x8b"
        content.seek(0)
        yield gzip.GzipFile(fileobj=content) if packed else content


def _package(path: Path) -> Iterator[Item]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                name = Path(member.name).name
                content = archive.extractfile(member) if name.endswith(".json") else None
                if content is not None and name not in NOT_RESOURCES:
                    yield _item(f"{path.name}/{member.name}", 0, content.read())
    except tarfile.TarError as error:
        raise OSError(f"{path.name}: not a package: {error}") from error


def _item(file: str, line: int, content: bytes) -> Item:
    try:
        return Item(file, line, decode(content))
    except Malformed as error:
        return Item(file, line, None, error)
