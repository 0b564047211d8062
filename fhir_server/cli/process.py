"""What every long-running command does first: open the log, refuse an open door."""

import logging
import sys
from ipaddress import ip_address

import click

from fhir_server.settings import SettingError, Settings

PORT = click.IntRange(0, 65535)


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
