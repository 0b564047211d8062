"""`parity listener`: HL7 v2 over MLLP."""

import click

from fhir_server.cli.process import PORT, refuse_without_tables, start_log
from fhir_server.listener import main
from fhir_server.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=PORT, default=2575, show_default=True, help="Port of HL7 v2 over MLLP."
)
def listener(host: str, port: int) -> None:
    """Take HL7 v2 messages over MLLP; acknowledge what is stored."""
    start_log()
    settings = Settings.load()
    refuse_without_tables(settings)
    main(settings, host, port)
