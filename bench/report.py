"""The table of a run: ours, the limit of the same machine beside it, the bar, a peer."""

import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path("docs/performance.md")
MARKS = "<!-- {name}: begin -->\n", "<!-- {name}: end -->"
HEADS = ("database", "case", "ours", "unit", "limit", "of the limit", "p50 ms", "p99 ms", "bar")


@dataclass(frozen=True)
class Row:
    """One case on one database; `limit` is the same bytes with nothing around them."""

    database: str
    case: str
    ours: float
    unit: str
    limit: float | None = None
    p50: float | None = None
    p99: float | None = None
    bar: str = ""
    peer: str = ""
    failed: int = 0

    def cells(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        share = f"{self.ours / self.limit:.0%}" if self.limit else ""
        case = f"{self.case} ({self.failed} FAILED)" if self.failed else self.case
        return (
            self.database,
            case,
            shown(self.ours),
            self.unit,
            shown(self.limit),
            share,
            shown(self.p50),
            shown(self.p99),
            self.bar,
            self.peer,
        )


def shown(number: float | None) -> str:
    """Return a number as people read it; nothing for none."""
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}"


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table of Markdown."""
    return markdown((*HEADS, "Medplum 5.0.10"), [row.cells() for row in rows])


def markdown(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown."""
    widths = [max(len(one) for one in column) for column in zip(heads, *lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([line(heads), rule, *map(line, lines)]) + "\n"


def machine() -> str:
    """Return the machine in a line: processor, cores, memory, versions."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1_000_000
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory} GB; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def pace() -> float:
    """Return the milliseconds in which this Python adds two million numbers now.

    Machines that are shared run at another pace from minute to minute; figures of two runs compare
    only where their paces do.
    """
    start = time.perf_counter()
    total = 0
    for number in range(2_000_000):
        total += number
    return (time.perf_counter() - start) * 1000


def paced(paces: Sequence[float]) -> str:
    """Return how fast the machine was in the course of a run."""
    return f"Python added two million numbers in {min(paces):.0f} to {max(paces):.0f} ms meanwhile"


def write(name: str, text: str) -> None:
    """Put a text between its marks in docs/performance.md."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = (mark.format(name=name) for mark in MARKS)
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    if not tail:
        raise ValueError(f"{PAGE} has no place for {name}")
    PAGE.write_text(f"{head}{begin}{text}{end}{tail}", encoding="utf-8")
