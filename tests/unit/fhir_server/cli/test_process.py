"""A server without authentication is served to its own machine only."""

import pytest

from fhir_server.cli.process import refuse_open_server
from fhir_server.settings import SettingError, Settings


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_open_server_may_listen_on_loopback(host: str) -> None:
    refuse_open_server(Settings(auth=False), host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "parity.example", "::"])
def test_open_server_may_not_be_reached_by_others(host: str) -> None:
    with pytest.raises(SettingError, match="PARITY_AUTH=off"):
        refuse_open_server(Settings(auth=False), host)


def test_closed_server_may_listen_anywhere() -> None:
    refuse_open_server(Settings(), "0.0.0.0")
