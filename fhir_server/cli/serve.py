"""`parity serve`: all roles of an installation under one supervisor."""

import click

from fhir_server.cli.process import PORT, refuse_open_server, refuse_without_tables, start_log
from fhir_server.cli.supervisor import Supervisor
from fhir_server.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=PORT, default=8080, show_default=True, help="Port of HTTP.")
@click.option("--mllp-port", type=PORT, default=2575, show_default=True, help="MLLP port.")
@click.option("--workers", type=int, help="Web worker processes (default: 1 SQLite, 2 PostgreSQL).")
def serve(host: str, port: int, mllp_port: int, workers: int | None) -> None:
    """Run web, worker and listener under one supervisor until Ctrl-C."""
    start_log()
    settings = Settings.load()
    refuse_open_server(settings, host)
    refuse_without_tables(settings)
    processes = ["--workers", str(workers)] if workers else []
    Supervisor(
        {
            "web": ["web", "--host", host, "--port", str(port), *processes],
            "worker": ["worker"],
            "listener": ["listener", "--host", host, "--port", str(mllp_port)],
        }
    ).run()
