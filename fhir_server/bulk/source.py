"""Files to load: Bundles, resources, NDJSON, compressed or not, folders and IG packages.

An IG package (.tgz, https://confluence.hl7.org/display/FHIR/NPM+Package+Specification) gives the
resources of its `package` folder and of its examples; any other archive of that kind what its
files hold.
"""

import tarfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fhir_server.bulk.packed import BROKEN, unpacked
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Malformed

NOT_RESOURCES = ("package.json", ".index.json", ".index.db")
PACKAGES = (".tgz", ".tar.gz")
TEXTS = (".json", ".ndjson")
ENDINGS = (*TEXTS, *(f"{text}{packed}" for text in TEXTS for packed in (".gz", ".zst")), *PACKAGES)


@dataclass(frozen=True, slots=True)
class Item:
    """One JSON text of a file: its place, and the resource or why it cannot be read.

    `line` counts from 1 in NDJSON and is 0 for a file that holds one text. `is_whole_file` tells
    a file of its own from a line of NDJSON and from a member of a package.
    """

    file: str
    line: int
    resource: JsonObject | None
    error: Malformed | None = None
    is_whole_file: bool = False


def files(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files of paths, folders walked in the order of their names.

    Raises FileNotFoundError for a folder that holds none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = [one for one in sorted(path.rglob("*")) if one.name.lower().endswith(ENDINGS)]
        if not found:
            raise FileNotFoundError(f"{path}: holds no file named *{', *'.join(ENDINGS)}")
        yield from found


def items(path: Path) -> Iterator[Item]:
    """Yield what a file holds, a line at a time for NDJSON.

    Raises OSError when the file cannot be read or is not the archive its name says.
    """
    if path.name.lower().endswith(PACKAGES):
        yield from _package(path)
    elif is_ndjson(path):
        yield from (_item(path.name, number, line) for number, line in lines(path))
    else:
        with unpacked(path) as content:
            yield replace(_item(path.name, 0, content.read()), is_whole_file=True)


def is_ndjson(path: Path) -> bool:
    """Whether a file holds a resource a line."""
    return ".ndjson" in path.name.lower()


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of NDJSON that hold something, numbered from 1. Raises OSError."""
    with unpacked(path) as content:
        yield from numbered(content)


def numbered(content: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that hold something, numbered from 1."""
    yield from ((number, line) for number, line in enumerate(content, 1) if line.strip())


def count_items(path: Path) -> int:
    """Return how many texts a file holds, for showing how far a load is.

    Raises OSError when the file cannot be read or is not the archive its name says.
    """
    if path.name.lower().endswith(PACKAGES):
        with _archive(path) as archive:
            return sum(_texts_in(archive, member) for member in archive)
    return sum(1 for _ in lines(path)) if is_ndjson(path) else 1


@contextmanager
def _archive(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, *BROKEN) as error:
        raise OSError(f"{path.name}: not a package: {error}") from error


def _package(path: Path) -> Iterator[Item]:
    with _archive(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if _is_resource(member) else None
            if content is None:
                continue
            name = f"{path.name}/{member.name}"
            if is_ndjson(Path(member.name)):
                yield from (_item(name, number, line) for number, line in numbered(content))
            else:
                yield _item(name, 0, content.read())


def _texts_in(archive: tarfile.TarFile, member: tarfile.TarInfo) -> int:
    """Return how many texts a member of an archive holds."""
    content = archive.extractfile(member) if _is_resource(member) else None
    if content is None:
        return 0
    return sum(1 for _ in numbered(content)) if is_ndjson(Path(member.name)) else 1


def _is_resource(member: tarfile.TarInfo) -> bool:
    name = Path(member.name).name
    return member.isfile() and name.endswith(TEXTS) and name not in NOT_RESOURCES


def _item(file: str, line: int, content: bytes) -> Item:
    try:
        return Item(file, line, decode(content))
    except Malformed as error:
        return Item(file, line, None, error)
