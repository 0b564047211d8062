import asyncio
import socket
import time

import pytest

from hl7.acknowledgment import acknowledge
from hl7.client import MllpClient, NoAnswer, send
from hl7.endpoint import Limits
from hl7.message import parse
from hl7.mllp import encode_frame
from hl7.server import Answer, Arrival
from tests.integration.hl7.running import (
    NOW,
    answer,
    connect,
    message,
    read_frames,
    reply,
    serving,
)


def pour(connection: socket.socket, chunk: bytes, times: int, pause: float) -> None:
    for _ in range(times):
        connection.sendall(chunk)
        time.sleep(pause)


def test_many_messages_on_one_connection() -> None:
    with serving() as running, MllpClient("127.0.0.1", running.port, 10) as client:
        receipts = [client.send(message(f"C{n}"))[0] for n in range(50)]
    assert [receipt.control_id for receipt in receipts] == [f"C{n}" for n in range(50)]
    assert all(receipt.accepted for receipt in receipts)


def test_pipelined_messages_are_answered_in_order() -> None:
    async def slow_first(arrival: Arrival) -> Answer:
        await asyncio.sleep(0.2 if b"|C0|" in arrival.data else 0)
        return await answer(arrival)

    with serving(slow_first) as running, connect(running) as connection:
        connection.sendall(b"".join(encode_frame(message(f"C{n}")) for n in range(5)))
        answers = read_frames(connection, 5)
    assert [parse(one).segments[1].value(2) for one in answers] == [f"C{n}" for n in range(5)]


def test_message_split_into_single_bytes_is_read() -> None:
    with serving() as running, connect(running) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in encode_frame(message("C1")):
            connection.sendall(bytes([byte]))
        assert b"MSA|AA|C1" in read_frames(connection, 1)[0]


@pytest.mark.parametrize("content", [b"", b"garbage", b"MSH", b"\xff\xfe\x00\x01", b"PID|1"])
def test_everything_in_a_frame_is_answered(content: bytes) -> None:
    with serving() as running, connect(running) as connection:
        connection.sendall(b"noise" + encode_frame(content) + encode_frame(message("C1")))
        first, second = read_frames(connection, 2)
    assert b"MSA|AR|" in first
    assert b"MSA|AA|C1" in second


def test_large_message_is_taken_and_an_oversize_one_refused() -> None:
    limits = Limits(message_bytes=3_000_000)
    with serving(limits=limits) as running, MllpClient("127.0.0.1", running.port, 20) as client:
        assert client.send(message("C1", "x" * 2_900_000))[0].code == "AA"
        receipt, _ = client.send(message("C2", "x" * 3_100_000))
        assert (receipt.code, receipt.text) == ("AR", "oversize")
        assert client.send(message("C3"))[0].code == "AA"


@pytest.mark.parametrize(
    ("sent", "limits"),
    [
        (b"", Limits(idle_seconds=0.3)),
        (b"\x0bMSH", Limits(header_seconds=0.3)),
        (b"\x0bMSH|^~\\&|\rPID", Limits(frame_seconds=0.3)),
        (b"junk", Limits(idle_seconds=0.3)),
    ],
)
def test_stalled_connection_is_closed(sent: bytes, limits: Limits) -> None:
    with serving(limits=limits) as running, connect(running) as connection:
        connection.sendall(sent)
        began = time.monotonic()
        assert connection.recv(1) == b""
        assert time.monotonic() - began < 5


def test_trickling_bytes_do_not_keep_a_frame_open() -> None:
    with serving(limits=Limits(header_seconds=0.5)) as running, connect(running) as connection:
        connection.sendall(b"\x0bMSH|")
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            pour(connection, b"x", 200, 0.05)
        assert time.monotonic() - began < 5


def test_flood_of_junk_is_cut_off() -> None:
    with serving() as running, connect(running) as connection:
        with pytest.raises(ConnectionError):
            pour(connection, b"x" * 100_000, 200, 0)
        with connect(running) as other:
            other.sendall(encode_frame(message("C1")))
            assert b"MSA|AA|C1" in read_frames(other, 1)[0]


def test_connections_beyond_the_limit_are_refused_and_others_go_on() -> None:
    with serving(limits=Limits(connections=2)) as running:
        with MllpClient("127.0.0.1", running.port, 10) as one, connect(running) as two:
            one.send(message("C1"))
            two.sendall(encode_frame(message("C2")))
            read_frames(two, 1)
            with connect(running) as three:
                assert three.recv(1) == b""
            assert one.send(message("C3"))[0].accepted
        assert send("127.0.0.1", running.port, message("C4"), 10)[0].accepted


def test_failing_handler_closes_without_an_answer_and_the_server_lives() -> None:
    async def failing(arrival: Arrival) -> Answer:
        if b"|BAD|" in arrival.data:
            raise OSError
        return await answer(arrival)

    with serving(failing) as running:
        with MllpClient("127.0.0.1", running.port, 10) as client, pytest.raises(NoAnswer):
            client.send(message("BAD"))
        assert send("127.0.0.1", running.port, message("C1"), 10)[0].accepted


def test_message_without_wanted_answer_gets_none() -> None:
    async def silent(arrival: Arrival) -> Answer:
        return Answer() if b"|QUIET|" in arrival.data else await answer(arrival)

    with serving(silent) as running, connect(running) as connection:
        connection.sendall(encode_frame(message("QUIET")) + encode_frame(message("C1")))
        assert b"MSA|AA|C1" in read_frames(connection, 1)[0]


def test_late_answer_is_not_taken_for_that_of_another_message() -> None:
    async def stale(arrival: Arrival) -> Answer:
        late = acknowledge(parse(message("OLD")), "accept", control_id="R", now=NOW)
        return Answer(late + b"\x1c\r\x0b" + reply(arrival.data))

    with serving(stale) as running:
        receipt, _ = send("127.0.0.1", running.port, message("NEW"), 10)
    assert receipt.control_id == "NEW"


def test_no_answer_in_time_is_unknown() -> None:
    async def slow(arrival: Arrival) -> Answer:
        await asyncio.sleep(1)
        return await answer(arrival)

    with serving(slow) as running, pytest.raises(NoAnswer):
        send("127.0.0.1", running.port, message("C1"), 0.2)


def test_stop_lets_the_message_in_hand_be_answered() -> None:
    async def slow(arrival: Arrival) -> Answer:
        await asyncio.sleep(0.5)
        return await answer(arrival)

    with serving(slow) as running, connect(running) as busy, connect(running) as idle:
        busy.sendall(encode_frame(message("C1")))
        time.sleep(0.2)
        running.call(lambda: running.server.stop(grace=2))
        assert b"MSA|AA|C1" in read_frames(busy, 1)[0]
        assert idle.recv(1) == b""
        with pytest.raises(ConnectionError):
            connect(running)
