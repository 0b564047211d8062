"""The listener process over real sockets, on both databases."""

import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store.processes import all_processes
from hl7.acknowledgment import read_receipt
from hl7.client import MllpClient
from hl7.mllp import encode_frame
from tests.integration.intake.listener import answers, listening
from tests.integration.intake.message import HERE, found, kept, message, result


def test_pipelined_messages_are_answered_in_order(runtime: Runtime, tmp_path: Path) -> None:
    sent = [result(f"C{number}", "F", order=f"F{number}") for number in range(20)]
    with listening(runtime, tmp_path) as listener, closing(listener.connect()) as connection:
        connection.sendall(b"".join(map(encode_frame, sent)))
        receipts = [read_receipt(one) for one in answers(connection, len(sent))]
    assert [one.control_id for one in receipts] == [f"C{number}" for number in range(20)]
    assert {one.code for one in receipts} == {"AA"}
    assert len(found(runtime, "DiagnosticReport")) == 20


def test_many_connections_are_served_at_once(runtime: Runtime, tmp_path: Path) -> None:
    def send(number: int) -> list[str]:
        with MllpClient("127.0.0.1", listener.port, 60) as client:
            return [
                client.send(result(f"C{number}.{at}", "F", order=f"F{number}.{at}"))[0].code
                for at in range(3)
            ]

    with listening(runtime, tmp_path) as listener, ThreadPoolExecutor(32) as pool:
        codes = [code for some in pool.map(send, range(32)) for code in some]
    assert codes == ["AA"] * 96
    assert len(found(runtime, "Observation")) == 96
    assert len(found(runtime, "Patient")) == 1


def test_stop_answers_what_is_in_hand_and_goes(runtime: Runtime, tmp_path: Path) -> None:
    sent = [result(f"C{number}", "F", order=f"F{number}") for number in range(8)]
    with listening(runtime, tmp_path) as listener:
        connections = [listener.connect() for _ in sent]
        for connection, text in zip(connections, sent, strict=True):
            connection.sendall(encode_frame(text))
        first = answers(connections[0], 1)
        listener.process.send_signal(signal.SIGTERM)
        got = [first, *(answers(one, 1) for one in connections[1:])]
        assert listener.process.wait(20) == 0
        for connection in connections:
            connection.close()
    answered = {read_receipt(one[0]).control_id for one in got if one}
    applied = {one.facts.control for one in kept(runtime) if one.state == "applied"}
    assert "C0" in answered
    assert answered == applied
    with runtime.store.read(Context()) as reader:
        assert all_processes(reader) == []


def test_everything_in_a_frame_is_answered_and_kept(runtime: Runtime, tmp_path: Path) -> None:
    whole = result("C1", "F")
    large = message("ORU^R01", "C2", "OBX|1|TX|||" + "x" * 40_000)
    wire = [
        encode_frame(b"garbage"),
        encode_frame(b""),
        b"\x0b" + whole[:150] + encode_frame(whole),
        encode_frame(large),
        b"between frames" + encode_frame(result("C3", "F", order="F3")),
    ]
    limit = {"PARITY_MLLP_MESSAGE_LIMIT": "20000"}
    with (
        listening(runtime, tmp_path, limit) as listener,
        closing(listener.connect()) as connection,
    ):
        connection.sendall(b"".join(wire))
        codes = [read_receipt(one).code for one in answers(connection, 6)]
    assert codes == ["AR", "AR", "AR", "AA", "AR", "AA"]
    states = [one.state for one in kept(runtime)]
    assert states == ["parse_error"] * 3 + ["warning", "parse_error", "applied"]
    assert kept(runtime)[4].body == large[:20_000]


def test_listener_says_it_is_alive(runtime: Runtime, tmp_path: Path) -> None:
    with listening(runtime, tmp_path) as listener:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with runtime.store.read(Context()) as reader:
                parts = all_processes(reader)
            if parts:
                break
            time.sleep(0.05)
    assert f":{listener.port}" in str(parts)


def test_log_holds_no_content(runtime: Runtime, tmp_path: Path) -> None:
    with listening(runtime, tmp_path) as listener:
        with MllpClient("127.0.0.1", listener.port, 30) as client:
            client.send(result("SECRET1", "F"))
            client.send(message("ORU^R01", "SECRET2", "PID|1||M1"))
        text = listener.log.read_text()
    assert f"v2 exchange={kept(runtime)[0].id} kind=ORU^R01 state=applied" in text
    for secret in ("Quill", "SECRET", "4.20", "TESTLAB"):
        assert secret not in text


@contextmanager
def database_away(runtime: Runtime, postgresql_admin: psycopg.Connection) -> Iterator[None]:
    """Let nobody reach the runtime's PostgreSQL database meanwhile."""
    name = str(make_url(runtime.settings.database_url).database)
    switch = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
    postgresql_admin.execute(switch.format(sql.Identifier(name), sql.SQL("false")))
    postgresql_admin.execute(ends, (name,))
    try:
        yield
    finally:
        postgresql_admin.execute(switch.format(sql.Identifier(name), sql.SQL("true")))


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_no_answer_while_the_database_is_away(
    runtime: Runtime, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue("postgresql")
    first, second = result("C1", "F", order="F1"), result("C2", "F", order="F2")
    with listening(runtime, tmp_path) as listener, server.connect() as admin:
        with closing(listener.connect()) as connection:
            connection.sendall(encode_frame(first))
            assert len(answers(connection, 1)) == 1
            runtime.store.database.close()
            with database_away(runtime, admin):
                connection.sendall(encode_frame(second))
                assert answers(connection, 1) == []
        end = time.monotonic() + 20
        codes = list[str]()
        while not codes and time.monotonic() < end:
            with closing(listener.connect()) as connection:
                connection.sendall(encode_frame(second))
                codes = [read_receipt(one).code for one in answers(connection, 1)]
        assert codes == ["AA"]
        assert listener.process.poll() is None
    again = Runtime.build(runtime.settings)
    assert len(found(again, "DiagnosticReport")) == 2
    again.store.database.close()


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_answer_waits_while_another_process_writes(runtime: Runtime, tmp_path: Path) -> None:
    with listening(runtime, tmp_path) as listener, closing(listener.connect()) as connection:
        with runtime.store.write(HERE) as work:
            work.claim("the database")
            connection.sendall(encode_frame(result("C1", "F")))
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(1)
        connection.settimeout(60)
        assert read_receipt(answers(connection, 1)[0]).code == "AA"


def test_slow_and_silent_connections_do_not_hold_up_others(
    runtime: Runtime, tmp_path: Path
) -> None:
    with listening(runtime, tmp_path) as listener:
        silent = [listener.connect() for _ in range(40)]
        for one in silent[:20]:
            one.sendall(b"\x0bMSH|^~\\&|half")
        with MllpClient("127.0.0.1", listener.port, 30) as client:
            assert client.send(result("C1", "F"))[0].code == "AA"
        for one in silent:
            one.shutdown(socket.SHUT_RDWR)
            one.close()
