"""The manifest of an export package: every file with its size, count and SHA-256.

`manifest.json` lists the files; `manifest.sha256` holds the hash of the manifest itself, in the
format of sha256sum, so that `sha256sum -c manifest.sha256` works without Parity. A package is
whole when nothing listed is missing or changed and nothing unlisted is there.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from profiles.typed import TypedReader

FORMAT = "parity-export/1"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
LINES = ".ndjson"
"""The ending of files whose count is their number of lines."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path in the package, what it holds, how many, its bytes and their hash."""

    path: str
    content: str
    count: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a package holds: when it was made, by which version, and its files."""

    created: str
    software: str
    files: list[Entry]
    counts: dict[str, int] = field(default_factory=dict)
    format: str = FORMAT


_MANIFEST = TypedReader(Manifest)


@dataclass(frozen=True, slots=True)
class Measure:
    """What a file is: bytes, line ends, SHA-256."""

    bytes: int
    lines: int
    sha256: str


def measure(path: Path) -> Measure:
    """Return what a file is, read in pieces."""
    found, size, lines = hashlib.sha256(), 0, 0
    with path.open("rb") as content:
        while piece := content.read(1 << 20):
            found.update(piece)
            size += len(piece)
            lines += piece.count(b"\n")
    return Measure(size, lines, found.hexdigest())


def entry(folder: Path, path: Path, content: str, count: int) -> Entry:
    """Return the manifest's row of a finished file."""
    found = measure(path)
    name = path.relative_to(folder).as_posix()
    return Entry(name, content, count, found.bytes, found.sha256)


def seal(folder: Path, manifest: Manifest) -> None:
    """Write the manifest and its seal; the last files of a package to be written."""
    text = msgspec.json.format(msgspec.json.encode(asdict(manifest)), indent=2) + b"\n"
    (folder / MANIFEST).write_bytes(text)
    (folder / SEAL).write_text(f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n", "ascii")


def verify(folder: Path) -> list[str]:
    """Return what is wrong with a package, one sentence each; empty when it is whole."""
    try:
        text = (folder / MANIFEST).read_bytes()
        sealed = (folder / SEAL).read_bytes()
    except OSError as error:
        return [f"{Path(str(error.filename)).name}: missing or not readable"]
    if sealed != f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode("ascii"):
        return [f"{MANIFEST}: does not match {SEAL}; one of the two was changed"]
    try:
        manifest = _MANIFEST.decode(text)
    except msgspec.MsgspecError as error:
        return [f"{MANIFEST}: not a manifest of {FORMAT}: {error}"]
    return [*_changed(folder, manifest), *_unlisted(folder, manifest), *_miscounted(manifest)]


def _changed(folder: Path, manifest: Manifest) -> Iterator[str]:
    for listed in manifest.files:
        path = folder / listed.path
        if not path.is_file():
            yield f"{listed.path}: missing"
            continue
        found = measure(path)
        if found.bytes != listed.bytes:
            yield f"{listed.path}: {found.bytes} bytes, the manifest says {listed.bytes}"
        elif found.sha256 != listed.sha256:
            yield f"{listed.path}: changed; its SHA-256 is not the one of the manifest"
        elif path.suffix == LINES and found.lines != listed.count:
            yield f"{listed.path}: {found.lines} lines, the manifest says {listed.count}"


def _unlisted(folder: Path, manifest: Manifest) -> Iterator[str]:
    listed = {one.path for one in manifest.files} | {MANIFEST, SEAL}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in listed:
            yield f"{name}: not in the manifest"


def _miscounted(manifest: Manifest) -> Iterator[str]:
    found: dict[str, int] = {}
    for listed in manifest.files:
        found[listed.content] = found.get(listed.content, 0) + listed.count
    for content, count in manifest.counts.items():
        if found.get(content, 0) != count:
            yield f"{content}: {found.get(content, 0)} in the files, the manifest says {count}"
