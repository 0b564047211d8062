"""Synthea's bundles, and as many more of the same kind as a benchmark asks for.

The bundles of a folder (`BENCH_SYNTHEA`, default `../shared/samples/synthea`) are people of one
practice. A copy is the same people under new ids, names and record numbers: the text is cut once
at every such place, so that a copy costs little more than joining the pieces.
"""

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue

FOLDER = Path(os.environ.get("BENCH_SYNTHEA", "../shared/samples/synthea"))
UUID = re.compile(r"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
NUMBERED = re.compile(r'(?<="family":")[A-Z][a-z\']+[0-9]+(?=")|(?<="value":")999-[0-9-]+(?=")')
PLACE = re.compile(f"{UUID.pattern}|{NUMBERED.pattern}")


@dataclass(frozen=True, slots=True)
class Template:
    """A text cut at what differs from copy to copy; `marks` are what stands there in the first."""

    pieces: tuple[str, ...]
    marks: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Return the template of a text."""
        return cls(tuple(PLACE.split(text)), tuple(PLACE.findall(text)))

    def copy(self, number: int) -> bytes:
        """Return the text of a copy; the copy 0 is the text itself."""
        made = [self.pieces[0]]
        for mark, piece in zip(self.marks, self.pieces[1:], strict=True):
            made += (changed(mark, number), piece)
        return "".join(made).encode()


def changed(mark: str, number: int) -> str:
    """Return an id, a name or a record number as it is in a copy."""
    if not number:
        return mark
    if len(mark) == 8 and "-" not in mark and not mark[0].isupper():
        return f"{int(mark, 16) ^ number * 0x9E3779B1 & 0xFFFFFFFF:08x}"
    return f"{mark}{number}"


def bundles() -> list[JsonObject]:
    """Return the transaction Bundles. Raises FileNotFoundError when the folder has none."""
    paths = sorted(FOLDER.glob("*.json.gz"))
    if not paths:
        raise FileNotFoundError(f"no Synthea bundles in {FOLDER}: set BENCH_SYNTHEA")
    return [decode(gzip.decompress(path.read_bytes())) for path in paths]


def transactions() -> list[tuple[int, Template]]:
    """Return the Bundles as templates, each with its number of entries."""
    found = bundles()
    return [(len(entries(one)), Template.of(encode(one).decode())) for one in found]


def resources() -> list[Template]:
    """Return the resources of all Bundles as templates, their references by type and id."""
    made = []
    for bundle in bundles():
        types = {
            str(one["fullUrl"]).removeprefix("urn:uuid:"): str(resource_of(one)["resourceType"])
            for one in entries(bundle)
        }
        for one in entries(bundle):
            id = str(one["fullUrl"]).removeprefix("urn:uuid:")
            text = encode({**resource_of(one), "id": id}).decode()
            made.append(Template.of(by_type(text, types)))
    return made


def by_type(text: str, types: dict[str, str]) -> str:
    """Return a resource whose references name type and id, not the entry's URN."""
    return re.sub(r"urn:uuid:([0-9a-f-]{36})", lambda found: _named(found, types), text)


def _named(found: re.Match[str], types: dict[str, str]) -> str:
    type = types.get(found[1])
    return f"{type}/{found[1]}" if type else found[0]


def lines(count: int) -> Iterator[bytes]:
    """Yield this many resources as lines of NDJSON: all of Synthea's, then copies of them."""
    templates = resources()
    for number in range(count):
        copy, place = divmod(number, len(templates))
        yield templates[place].copy(copy) + b"\n"


def write_ndjson(path: Path, count: int) -> int:
    """Write as many resources into a file; return its bytes."""
    with path.open("wb") as file:
        file.writelines(lines(count))
    return path.stat().st_size


def entries(bundle: JsonObject) -> list[JsonObject]:
    """Return the entries of a Bundle."""
    listed = bundle["entry"]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def resource_of(entry: JsonObject) -> JsonObject:
    """Return the resource of an entry."""
    found: JsonValue = entry["resource"]
    return found if isinstance(found, dict) else {}


if __name__ == "__main__":
    import sys

    size = write_ndjson(Path(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps({"resources": int(sys.argv[2]), "bytes": size}))
