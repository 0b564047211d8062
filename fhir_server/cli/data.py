"""`parity load`, `export`, `verify`: data in from files, everything out, and the proof of it."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import TextIO

import click

from fhir_server.bulk import manifest
from fhir_server.bulk.load import Load, Refusal, Report
from fhir_server.bulk.package import make_package
from fhir_server.bulk.parallel import prepared
from fhir_server.bulk.source import count_items, files, is_ndjson, items
from fhir_server.cli.installation import open_ready_runtime, operator
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
LONG = 4_000_000
"""Bytes from which a file of NDJSON is worth the start of other processes."""
SHOWN = 50
"""Refusals told one by one on a terminal; --json tells all."""
ISSUES = 10
"""Issues told of each."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=cores,
    help="Processes that judge long NDJSON files (default: one a core).",
)
@JSON
@click.pass_context
def load(context: click.Context, paths: tuple[Path, ...], processes: int, *, as_json: bool) -> None:
    """Load PATHS: Bundles, resources, NDJSON, folders, IG packages; tell what was refused and why.

    Exit 1 when anything was refused; the rest is stored. Exit 2 when it cannot go on: what was
    read until then is stored and told.
    """
    runtime = open_ready_runtime()
    work = Load(runtime, operator(runtime))
    found = list(files(paths))
    try:
        load_files(found, work, runtime, processes)
    except (FhirError, OSError, KeyboardInterrupt):
        if work.report.loaded or work.report.refused:
            tell(work.report, as_json=as_json)
        raise
    tell(work.report, as_json=as_json)
    context.exit(1 if work.report.refused else 0)


def load_files(paths: Sequence[Path], work: Load, runtime: Runtime, processes: int) -> None:
    """Load files; what was read is stored also when one of them cannot be read to its end."""
    texts = chain.from_iterable(load_file(path, work, runtime, processes) for path in paths)
    try:
        with progress(paths, sys.stderr) as done:
            for _ in texts:
                done()
    except OSError:
        work.finish()
        raise
    work.finish()


def tell(report: Report, *, as_json: bool) -> None:
    """Print what came of a load."""
    click.echo(report_json(report) if as_json else report_text(report))


def load_file(path: Path, work: Load, runtime: Runtime, processes: int) -> Iterator[None]:
    """Load a file; yield for each text it holds. Long NDJSON is judged by several processes."""
    if processes > 1 and is_ndjson(path) and path.stat().st_size >= LONG:
        for batch in prepared(path, runtime.settings, processes):
            for one in batch:
                work.add(one)
                yield
    else:
        for item in items(path):
            work.take(item)
            yield


@contextmanager
def progress(paths: Sequence[Path], terminal: TextIO) -> Iterator[Callable[[], None]]:
    """Lend what tells that one more text is done; a person sees how far the load is."""
    if not terminal.isatty():
        yield lambda: None
        return
    length = sum(count_items(path) for path in paths)
    with click.progressbar(length=length, label="loading", file=terminal, show_pos=True) as bar:
        yield lambda: bar.update(1)


def report_json(report: Report) -> str:
    """Return the report for a machine."""
    refused: list[JsonValue] = [one.as_json() for one in report.refused]
    return encode({"loaded": report.loaded, "refused": refused}).decode()


def report_text(report: Report) -> str:
    """Return the report for a person."""
    lines = [line for one in report.refused[:SHOWN] for line in refusal_lines(one)]
    hidden = len(report.refused) - SHOWN
    if hidden > 0:
        lines.append(f"... and {hidden} more; --json tells all")
    return "\n".join([*lines, f"{report.loaded} loaded, {len(report.refused)} refused"])


def refusal_lines(refusal: Refusal) -> Iterator[str]:
    """Yield what a refusal says: its place, then its issues."""
    place = f"{refusal.file}:{refusal.line}" if refusal.line else refusal.file
    name = "/".join(part for part in (refusal.type, refusal.id) if part) or "not a resource"
    yield f"{place}: {name} refused"
    for issue in refusal.issues[:ISSUES]:
        yield f"    {issue_line(issue)}"
    hidden = len(refusal.issues) - ISSUES
    if hidden > 0:
        yield f"    ... and {hidden} more"


def issue_line(issue: JsonObject) -> str:
    """Return what an issue says, its path before it unless it begins with it."""
    diagnostics, expression = str(issue.get("diagnostics")), issue.get("expression")
    where = str(expression[0]) if isinstance(expression, list) and expression else ""
    return diagnostics if diagnostics.startswith(where) else f"{where}: {diagnostics}"


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the package; new or empty.",
)
@JSON
def export(out: Path, *, as_json: bool) -> None:
    """Write everything into a package: resources, history, X12 and HL7 v2 originals."""
    made = make_package(out, open_ready_runtime(), f"Parity {version('parity')}")
    if as_json:
        click.echo(json.dumps({"folder": str(out), "files": len(made.files), **made.counts}))
        return
    for content, count in made.counts.items():
        click.echo(f"{count:>10} {content}")
    click.echo(f"{len(made.files)} files in {out}; prove them with: parity verify {out}")


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.pass_context
def verify(context: click.Context, folder: Path) -> None:
    """Check the package in FOLDER: one line for each fault; exit 0 when it is whole, else 1."""
    faults = manifest.verify(folder)
    for fault in faults:
        click.echo(fault)
    if not faults:
        click.echo(f"{folder}: whole")
    context.exit(1 if faults else 0)
