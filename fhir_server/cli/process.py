"""What every long-running command does first: open the log, refuse an open door."""

import gc
import logging
import sys
from http.client import HTTPConnection
from ipaddress import ip_address

import click

from fhir_server.cli.installation import NO_TABLES, has_tables
from fhir_server.db.engine import Database
from fhir_server.outcome import Unavailable
from fhir_server.settings import SettingError, Settings

log = logging.getLogger("parity.start")

PORT = click.IntRange(0, 65535)
CONNECT_SECONDS = 2.0
GARBAGE = 20_000
"""Objects made before garbage is looked for."""


def keep_for_good() -> None:
    """Let the collector of cycles leave alone what there is now, and look seldom at the rest.

    What a process is built of stays for good, and a request or a file makes no circles: looking
    for garbage among all of it every few hundred objects would cost more than decoding a body.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def start_log() -> None:
    """Write events as one line each to standard error: time, level, part, event with ids."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )


def refuse_open_server(settings: Settings, host: str) -> None:
    """Refuse to serve without authentication on an address others can reach.

    Raises SettingError unless authentication is on or the host is a loopback address.
    """
    if settings.auth or host == "localhost":
        return
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingError(f"PARITY_AUTH=off is allowed only on a loopback address, not on {host}")


def refuse_without_tables(settings: Settings) -> None:
    """Refuse to start on a database that has not the tables of this version.

    Raises SettingError, telling the remedy. A database that cannot be reached may come back: it
    is told in the log, and the role starts.
    """
    database = Database.open(settings.database_url, settings.pool_size, settings.statement_timeout)
    try:
        ready = has_tables(database)
    except Unavailable as error:
        log.warning("%s", error)
        return
    finally:
        database.close()
    if not ready:
        raise SettingError(NO_TABLES)


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an HTTP port on which another server answers. Raises SettingError."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  not bound here
    probe = HTTPConnection(reached, port, timeout=CONNECT_SECONDS)
    try:
        probe.connect()
    except OSError:
        return
    finally:
        probe.close()
    raise SettingError(f"port {port} of {host} is in use: choose another one with --port")
