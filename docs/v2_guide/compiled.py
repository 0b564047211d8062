"""Compile the guide's tables into facts: `python -m docs.v2_guide.compiled FOLDER`.

FOLDER is the `mappings` folder of the guide. Rows that give no target are left out, and so are
conditions: rows that differ by their condition alone are one.
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("segments", "datatypes", "messages", "codes")
_MAP = re.compile(r"(?:FHIR R4_|Concept Map_) (.*?) - ")
_STRUCTURE = re.compile(r"/?([A-Z0-9]{3}_[A-Z0-9]{3})")
Row = tuple[str, ...]


def facts(file: str) -> list[Row]:
    """Return the compiled rows of one kind."""
    with (FOLDER / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
        return [tuple(row) for row in csv.reader(lines)]


def compile_guide(folder: Path) -> dict[str, list[Row]]:
    """Return the facts of the guide by the name of their file, each row once."""
    found = {
        "segments": _addresses(folder / "segments"),
        "datatypes": _addresses(folder / "datatypes"),
        "messages": _messages(folder / "messages"),
        "codes": _codes(folder / "codesystems"),
    }
    return {file: list(dict.fromkeys(rows)) for file, rows in found.items()}


def _tables(folder: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield each table of a folder: the name of the map, and its rows of equal width."""
    for path in sorted(folder.glob("*.csv")):
        named = _MAP.search(path.name)
        if named is None:
            continue
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row + [""] * (20 - len(row)) for row in csv.reader(lines)][1:]
        yield named[1].split(" - ", maxsplit=1)[0], [[_clean(cell) for cell in row] for row in rows]


def _clean(cell: str) -> str:
    return " ".join(cell.split())


def _addresses(folder: Path) -> Iterator[Row]:
    """Yield (map, source, target, data type map, vocabulary) of segments and data types."""
    for name, rows in _tables(folder):
        for row in rows[1:]:
            if row[9]:
                source = row[1] or name.partition("[")[0]
                yield name, source, row[9], row[14], row[15]


def _messages(folder: Path) -> Iterator[Row]:
    """Yield (structure, segment, target, segment map) of messages."""
    for _, rows in _tables(folder):
        for row in rows[1:]:
            structure = _STRUCTURE.match(row[1])
            if structure and row[10]:
                yield structure[1], row[10].partition("[")[0], row[9], row[10]


def _codes(folder: Path) -> Iterator[Row]:
    """Yield (map, table, code, target, system of the target) of code systems.

    Rows without a code of HL7 v2 only list what FHIR has besides.
    """
    for name, rows in _tables(folder):
        head = rows[0]
        system = next((at for at in range(7, 11) if head[at].startswith("Code System")), 9)
        target = next((at for at in range(6, 8) if head[at] == "Code"), 6)
        for row in rows[1:]:
            if row[0] and row[2] and row[target]:
                yield name, row[2], row[0], row[target], row[system]


def write(folder: Path) -> None:
    """Write the facts of the guide in `folder`."""
    for file, rows in compile_guide(folder).items():
        with (FOLDER / f"{file}.csv").open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
