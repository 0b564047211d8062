"""`parity worker`: the jobs of an installation."""

import click

from fhir_server import worker as role
from fhir_server.cli.process import start_log
from fhir_server.settings import Settings


@click.command()
def worker() -> None:
    """Run the jobs: send claims, take in what partners left, write exports."""
    start_log()
    role.main(Settings.load())
