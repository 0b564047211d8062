"""What the maps write for the golden messages: the addresses that rows of the guide ask for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hl7.dictionary import load, structure_of
from hl7.message import parse
from mappers.apply import Trace
from mappers.rule import Table
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "v2"
_INDEX = re.compile(r"\[[^\]]*\]")
_WILD = "*"


@dataclass(frozen=True, slots=True)
class Written:
    """One address a golden message wrote: `PID-3` to `identifier` of Patient.

    `source` is empty for a constant; `wild` says that any member below the path may be written.
    """

    structure: str
    segments: tuple[str, ...]
    source: str
    resource: str
    path: str
    wild: bool = False


@cache
def written() -> frozenset[Written]:
    """Return every address the golden messages write."""
    return frozenset(one for path in sorted(GOLDEN.glob("*.hl7")) for one in _of_message(path))


def _of_message(path: Path) -> Iterator[Written]:
    message = parse(path.read_bytes().replace(b"\n", b"\r"))
    code, trigger, declared = message.type
    derived = structure_of(code, trigger, declared, load("2.5.1"))
    for table, trace in map_message(message, Feed("golden")).runs:
        for structure in {derived, f"{code}_{trigger}"}:
            yield from _of_run(structure, table, trace)


def _of_run(structure: str, table: Table, trace: Trace) -> Iterator[Written]:
    resource, _, above = table.target.replace("[x]", "").partition(".")
    above = above.partition(" ")[0]
    segments = tuple(table.source.split())
    for source, target in trace.written:
        wild = target == _WILD
        path = ".".join(part for part in (above, "" if wild else plain(target)) if part)
        field = source.rstrip("*").partition(".")[0]
        named = (field.partition("-")[0],) if field else segments
        yield Written(structure, named, field, resource.partition(" ")[0], path, wild)


def plain(target: str) -> str:
    """Return an address without indexes, types and assigned values, as ours are compared."""
    path = _INDEX.sub("", target.partition("(")[0].partition("=")[0])
    return ".".join(step.lstrip("_") for step in path.split(".") if step and step != "$this")
