"""`parity web`: FHIR, authentication and the pages, served by gunicorn."""

from collections.abc import Callable
from wsgiref.types import WSGIApplication

import click
from gunicorn.app.base import BaseApplication

from fhir_server.app import create_app
from fhir_server.cli.keeping import KeepingWorker
from fhir_server.cli.process import (
    PORT,
    keep_for_good,
    refuse_open_server,
    refuse_taken_port,
    refuse_without_tables,
    start_log,
)
from fhir_server.settings import Settings

LONGEST_LINE = 8190
"""Bytes of a request line: method, path and query; longer searches go by POST to `_search`."""


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn serving the application; the application is built in each worker, after the fork."""

    def __init__(
        self, application: Callable[[], WSGIApplication], options: dict[str, object]
    ) -> None:
        self.application = application
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Build the WSGI application."""
        application = self.application()
        keep_for_good()
        return application


def web_options(settings: Settings, host: str, port: int, workers: int | None) -> dict[str, object]:
    """Return gunicorn's options: threads wait for the database, processes use the cores.

    SQLite has one writer, so one process with threads serves it best; the more threads wait for
    a commit, the more share it.
    """
    embedded = settings.database_url.startswith("sqlite")
    return {
        "bind": f"{host}:{port}",
        "workers": workers or (1 if embedded else 2),
        "worker_class": KeepingWorker,
        "threads": 8 if embedded else 4,
        "keepalive": 75,
        "limit_request_line": LONGEST_LINE,
        "timeout": 120,
        "graceful_timeout": 20,
        "reuse_port": True,
        "loglevel": "warning",
        "proc_name": "parity-web",
    }


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=PORT, default=8080, show_default=True, help="Port of HTTP.")
@click.option("--workers", type=int, help="Worker processes (default: 1 SQLite, 2 PostgreSQL).")
def web(host: str, port: int, workers: int | None) -> None:
    """Serve FHIR, authentication and the pages over HTTP with gunicorn."""
    start_log()
    settings = Settings.load()
    refuse_open_server(settings, host)
    refuse_without_tables(settings)
    refuse_taken_port(host, port)
    Web(lambda: create_app(settings), web_options(settings, host, port, workers)).run()
