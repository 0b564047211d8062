"""`parity worker`: the jobs of an installation."""

import click

from fhir_server.cli.process import keep_for_good, refuse_without_tables, start_log
from fhir_server.settings import Settings
from fhir_server.worker import main


@click.command()
def worker() -> None:
    """Run the jobs: send claims, take in what partners left, write exports."""
    start_log()
    settings = Settings.load()
    refuse_without_tables(settings)
    keep_for_good()
    main(settings)
