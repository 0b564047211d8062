"""`parity x12`: one table of commands, each loaded when it is called."""

from collections.abc import Mapping
from typing import ClassVar

import click

from fhir_server.cli.table import CommandTable


class X12Commands(CommandTable):
    """What can be done with X12."""

    rows: ClassVar[Mapping[str, str]] = {
        "check": "fhir_server.cli.x12_check:check",
        "explain": "fhir_server.cli.x12_check:explain",
        "receive": "fhir_server.cli.x12_exchange:receive",
        "batch": "fhir_server.cli.x12_exchange:batch",
        "emit": "fhir_server.cli.x12_exchange:emit",
        "codes": "fhir_server.cli.x12_codes:codes",
        "fidelity": "fhir_server.cli.x12_fidelity:fidelity",
    }


@click.group(cls=X12Commands)
def x12() -> None:
    """Judge, explain, take in and produce X12 interchanges."""
