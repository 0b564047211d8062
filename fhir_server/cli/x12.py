"""`parity x12 check|explain|receive|emit`: X12 files judged, told, taken in, produced."""

import json
from pathlib import Path

import click

from mappers.x12.check import check as judge
from mappers.x12.explain import explain as tell

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def x12() -> None:
    """Judge, explain, take in and produce X12 interchanges."""


@x12.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.pass_context
def check(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Judge FILE: exit 0 when accepted, 1 when rejected."""
    report = judge(file.read_bytes(), file.name)
    click.echo(json.dumps(report.as_json(), indent=2) if as_json else report.as_text())
    context.exit(1 if report.verdict == "rejected" else 0)


@x12.command()
@FILE
def explain(file: Path) -> None:
    """Tell FILE in words: loops, segments and what is wrong with them."""
    click.echo(tell(file.read_bytes(), file.name))
