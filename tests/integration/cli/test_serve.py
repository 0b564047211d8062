"""`parity serve` keeps its roles running and stops them together."""

import os
import re
import signal
import socket
import time

import pytest

from tests.acceptance.site import Site, free_port, running


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


@pytest.mark.parametrize("role", ["serve", "web", "worker", "listener"])
def test_role_refuses_a_database_without_tables(site: Site, role: str) -> None:
    done = site.run(role, status=2)
    assert b"run `parity init`" in done.stderr
    assert b"Traceback" not in done.stderr


def test_taken_port_ends_the_start_with_one_clear_error(site: Site) -> None:
    with running(site, "web", "listener"):
        port, mllp_port = str(site.port), str(site.mllp_port)
        done = site.run("web", "--port", port, status=2)
        assert f"port {port} of 127.0.0.1 is in use".encode() in done.stderr
        done = site.run("serve", "--port", port, "--mllp-port", str(free_port()), status=2)
        assert b"the web role cannot start" in done.stderr
        done = site.run("serve", "--port", str(free_port()), "--mllp-port", mllp_port, status=2)
        assert b"the listener role cannot start" in done.stderr
        assert b"Traceback" not in done.stderr
