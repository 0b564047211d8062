"""`python -m bench.x12 [claims] [rounds]`: how fast X12 is judged, beside a bare split and peers.

Each figure is taken in a process of its own on one core: seconds of processor time and the largest
memory. The pace of a machine varies, so every round splits the same file again (stream, segments,
elements) and the ratio to that is what compares. Peers judge a file of a tenth of the claims: they
keep what they read. BENCH_X12_WHOLE=1 also judges 100,000 claims with their 999.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import cast

from bench.claim_batch import write_claims
from bench.report import machine, markdown
from mappers.x12.check import check_stream
from mappers.x12.findings import Level
from mappers.x12.rules.terms import Terms
from mappers.x12.streaming import answer_to, blocks, spare_collector

HEADS = ("case", "segments/s", "claims/s", "times the split", "MB", "bar")
WHOLE = os.environ.get("BENCH_X12_WHOLE", "") == "1"


@dataclass(frozen=True)
class Measure:
    """One run in a process of its own."""

    seconds: float
    segments: int
    megabytes: float

    @property
    def rate(self) -> float:
        """Segments a second of processor time."""
        return self.segments / self.seconds


def split(path: Path) -> int:
    """Cut a stream into segments and elements: the least any reader does."""
    count, rest = 0, ""
    for block in blocks(path):
        parts = (rest + block.decode("latin-1")).split("~")
        rest = parts.pop()
        for part in parts:
            part.split("*")
        count += len(parts)
    return count


def judge(highest: int) -> Callable[[Path], int]:
    """Return a run of our judgement up to a SNIP level."""

    def run(path: Path) -> int:
        terms = Terms(highest=cast("Level", highest))  # one of 2, 4 and 7
        with spare_collector():
            return check_stream(blocks(path), path.name, terms).segments

    return run


def answered(path: Path) -> int:
    """Judge up to SNIP 4 and write the 999."""
    with spare_collector():
        report = check_stream(blocks(path), path.name, Terms(highest=4))
        path.with_suffix(".999").write_bytes(answer_to(report.received, datetime.now(UTC)))
    return report.segments


def pyx12(path: Path) -> int:
    """Validate with pyx12 and write its 999."""
    import pyx12.params  # noqa: PLC0415  only the process that measures it pays for it
    import pyx12.x12n_document  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyx12.x12n_document.x12n_document(
            param=pyx12.params.params(),
            src_file=str(path),
            fd_997=StringIO(),
            fd_html=None,
            fd_xmldoc=None,
        )
    return path.read_text("ascii").count("~")


def x12sdk(path: Path) -> int:
    """Read the models of x12sdk, which judge as they are made."""
    from x12sdk.io import X12ModelReader  # noqa: PLC0415

    text = path.read_text("ascii")
    with X12ModelReader(text) as reader:
        models = list(reader.models())
    return text.count("~") if models else 0


RUNS: dict[str, Callable[[Path], int]] = {
    "split": split,
    "snip 2": judge(2),
    "snip 4": judge(4),
    "snip 7": judge(7),
    "999": answered,
    "pyx12": pyx12,
    "x12sdk": x12sdk,
}
NAMES = {
    "split": ("streaming split of segments and elements", ""),
    "snip 2": ("parse, place, SNIP 1-2", "200,000"),
    "snip 4": ("parse, place, SNIP 1-4", "100,000"),
    "snip 7": ("parse, place, SNIP 1-7", ""),
    "999": ("parse, place, SNIP 1-4, 999", ""),
    "pyx12": ("pyx12: validate and 999", ""),
    "x12sdk": ("x12sdk: models", ""),
}


def measured(name: str, path: Path) -> Measure:
    """Run one case in a process of its own."""
    command = [sys.executable, "-m", "bench.x12", "--one", name, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measure(**json.loads(done.stdout.splitlines()[-1]))


def one(name: str, path: Path) -> None:
    """Run one case here and print what it took."""
    before = time.process_time()
    segments = RUNS[name](path)
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "segments": segments, "megabytes": peak}))


def rows(folder: Path, claims: int, rounds: int) -> Iterator[tuple[str, ...]]:
    """Yield the table: medians of the rounds, ratios within each round."""
    ours, small = folder / "claims.837", folder / "tenth.837"
    write_claims(ours, claims)
    write_claims(small, claims // 10)
    runs: dict[str, list[tuple[Measure, float]]] = {name: [] for name in RUNS}
    for _ in range(rounds):
        pace = {path: measured("split", path).rate for path in (ours, small)}
        for name in RUNS:
            path = small if name in {"pyx12", "x12sdk"} else ours
            found = measured(name, path)
            runs[name].append((found, pace[path] / found.rate))
    for name, some in runs.items():
        yield _row(name, some, claims)


def _row(name: str, some: Sequence[tuple[Measure, float]], claims: int) -> tuple[str, ...]:
    title, bar = NAMES[name]
    rate = statistics.median(found.rate for found, _ in some)
    share = claims / (10 if name in {"pyx12", "x12sdk"} else 1) / some[0][0].segments
    return (
        title,
        f"{rate:,.0f}",
        f"{rate * share:,.0f}",
        f"{statistics.median(ratio for _, ratio in some):.1f}",
        f"{max(found.megabytes for found, _ in some):.0f}",
        bar,
    )


def whole(folder: Path) -> str:
    """Return what 100,000 claims take with their 999, by the clock of this machine."""
    path = folder / "whole.837"
    write_claims(path, 100_000)
    size = path.stat().st_size / 1e6
    before = time.monotonic()
    found = measured("999", path)
    seconds = time.monotonic() - before
    return (
        f"100,000 claims ({size:.0f} MB, {found.segments:,} segments): SNIP 1-4 and 999 in "
        f"{seconds:.1f} s of the clock, {found.seconds:.1f} s of the processor, at most "
        f"{found.megabytes:.0f} MB (bar: 30 s, 64 MB)."
    )


def main() -> None:
    """Print the table; or, asked so, measure one case for it."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
        return
    claims, rounds = (int(one) for one in (*sys.argv[1:], "10000", "5")[:2])
    with tempfile.TemporaryDirectory() as name:
        print(f"{machine()}. {claims:,} claims, {rounds} rounds.\n")
        print(markdown(HEADS, list(rows(Path(name), claims, rounds))))
        if WHOLE:
            print(whole(Path(name)))


if __name__ == "__main__":
    main()
