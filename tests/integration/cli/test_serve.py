"""`parity serve` keeps its roles running and stops them together."""

import os
import re
import signal
import socket
import time

import pytest

from tests.acceptance.site import Site, running


def children(site: Site) -> dict[str, int]:
    """Return the process number each role had when it was last started, by the log."""
    log = (site.folder / "serve.log").read_text()
    return {role: int(number) for role, number in re.findall(r"role=(\w+) started pid=(\d+)", log)}


def test_killed_role_is_started_again(site: Site) -> None:
    with running(site, "serve"):
        before = children(site)
        assert set(before) == {"web", "worker", "listener"}
        os.kill(before["listener"], signal.SIGKILL)
        end = time.monotonic() + 20
        while children(site)["listener"] == before["listener"]:
            assert time.monotonic() < end, site.logs()
            time.sleep(0.05)
        site.wait(mllp=True)
        assert children(site)["web"] == before["web"]


def test_interrupt_stops_every_role(site: Site) -> None:
    with running(site, "serve"):
        server = site.processes["serve"]
        pids = children(site).values()
        os.killpg(server.pid, signal.SIGINT)
        assert server.wait(timeout=20) == 0
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        for port in (site.port, site.mllp_port):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=1)


def test_open_server_is_refused_beyond_loopback(site: Site) -> None:
    site.initialise()
    done = site.run("web", "--host", "0.0.0.0", status=2, variables={"PARITY_AUTH": "off"})
    assert b"PARITY_AUTH=off is allowed only on a loopback address" in done.stderr
    assert b"Traceback" not in done.stderr


def test_database_without_tables_is_not_served(site: Site) -> None:
    done = site.run("serve", status=2)
    assert b"run `parity init`" in done.stderr
    assert b"Traceback" not in done.stderr
