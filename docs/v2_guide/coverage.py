"""How much of the guide the maps cover: `python -m docs.v2_guide.coverage [MAP]`.

Without a name it prints the count of each map, with one (`PID`, `PID[Patient]`, `XPN`) the rows of
the maps so called. A row is covered when a golden message (`tests/golden/v2`) writes it from the
same source, when the sample of a data type shows it, or when a code map gives the same target;
`elsewhere` when a decided row names the address that ours uses; `listed` when it is decided
against, with a reason; else it is missing.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from docs.v2_guide import decided_money, decided_people, decided_results
from docs.v2_guide.compiled import FILES, facts
from docs.v2_guide.corpus import Written, plain, written
from docs.v2_guide.datatypes import is_shown
from docs.v2_guide.decided import Decided
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.work import VOCABULARY

Standing = Literal["covered", "elsewhere", "listed", "missing"]
STANDINGS: tuple[Standing, ...] = ("covered", "elsewhere", "listed", "missing")
DECIDED: tuple[Decided, ...] = (
    *decided_people.ROWS,
    *decided_results.ROWS,
    *decided_money.ROWS,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One row of the guide and how it stands."""

    kind: str
    map: str
    source: str
    target: str
    standing: Standing
    reason: str = ""


@cache
def judged() -> tuple[Judged, ...]:
    """Return every row of the guide with how it stands."""
    return tuple(one for kind in FILES for one in _KINDS[kind](facts(kind)))


def _segments(rows: Iterable[Sequence[str]]) -> Iterator[Judged]:
    for name, source, target, *_ in rows:
        resource = name.partition("[")[2].rstrip("]").partition("-")[0]
        found = any(_writes(one, source, resource, plain(target)) for one in written())
        yield _judge("segments", name, source, target, found)


def _writes(one: Written, source: str, resource: str, path: str) -> bool:
    segment, _, field = source.partition("-")
    if one.resource != resource or segment not in one.segments:
        return False
    if field and one.source != source.partition(".")[0]:
        return False
    if one.wild:
        return path.startswith(one.path)
    return not path or path == one.path or _below(path, one.path) or _below(one.path, path)


def _below(path: str, above: str) -> bool:
    return path.startswith(f"{above}.")


def _datatypes(rows: Iterable[Sequence[str]]) -> Iterator[Judged]:
    for name, source, target, *_ in rows:
        yield _judge("datatypes", name, source, target, is_shown(name, source, target))


def _messages(rows: Iterable[Sequence[str]]) -> Iterator[Judged]:
    for structure, segment, target, name in rows:
        resource = name.partition("[")[2].rstrip("]").partition("-")[0]
        found = any(
            one.structure == structure and segment in one.segments and one.resource == resource
            for one in written()
        )
        yield _judge("messages", structure, name, target, found)


def _codes(rows: Iterable[Sequence[str]]) -> Iterator[Judged]:
    for name, table, code, target, system in rows:
        yield _judge("codes", name, code, target, _translates(table, code, target, system))


def _translates(table: str, code: str, target: str, system: str) -> bool:
    """Say whether a code map gives the target, or the code is kept under its own system."""
    number = f"v2-{table.removeprefix('HL7').zfill(4)}"
    maps = [
        one
        for name, one in VOCABULARY.codes.items()
        if name == number or name.startswith(f"{number}-")
    ]
    given = [found for one in maps if (found := one.translate(code))]
    if any(one.code == target and one.system in {"", system} for one in given):
        return True
    return code == target and Feed("guide").code_system(table) == system


_KINDS: dict[str, Callable[[Iterable[Sequence[str]]], Iterator[Judged]]] = {
    "segments": _segments,
    "datatypes": _datatypes,
    "messages": _messages,
    "codes": _codes,
}


def _judge(kind: str, name: str, source: str, target: str, found: object) -> Judged:
    if found:
        return Judged(kind, name, source, target, "covered")
    for row in DECIDED:
        if not row.covers(name, source, target):
            continue
        if row.ours and not _is_written(row.ours):
            continue
        return Judged(kind, name, source, target, "elsewhere" if row.ours else "listed", row.reason)
    return Judged(kind, name, source, target, "missing")


def _is_written(address: str) -> bool:
    """Say whether a golden message writes an address such as `OBX-6 Observation.value`."""
    source, _, target = address.partition(" ")
    resource, _, path = target.partition(".")
    return any(_writes(one, source, resource, path) for one in written())


def counts(rows: Iterable[Judged]) -> Counter[Standing]:
    """Return how many rows stand how."""
    return Counter(one.standing for one in rows)


def share(rows: Sequence[Judged]) -> float:
    """Return the part of the rows that is covered or listed."""
    return 1 - counts(rows)["missing"] / len(rows) if rows else 1.0


def by_map(rows: Iterable[Judged]) -> dict[tuple[str, str], list[Judged]]:
    """Return the rows by kind and map, in the order of the guide."""
    found: dict[tuple[str, str], list[Judged]] = {}
    for one in rows:
        found.setdefault((one.kind, one.map), []).append(one)
    return found


def main(names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of the command."""
    for (kind, name), rows in by_map(judged()).items():
        if names and not any(name == one or name.startswith(f"{one}[") for one in names):
            continue
        told = counts(rows)
        yield f"{kind} {name}: " + ", ".join(f"{told[one]} {one}" for one in STANDINGS)
        if names:
            yield from (f"  {one.standing:9} {one.source} -> {one.target}" for one in rows)
    for kind in FILES:
        rows = [one for one in judged() if one.kind == kind]
        yield f"{kind}: {len(rows)} rows, {share(rows):.1%} covered or listed"
    yield f"all: {len(judged())} rows, {share(judged()):.1%} covered or listed"


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line)  # noqa: T201 - what a command says
