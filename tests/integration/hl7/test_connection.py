"""What one connection may do: commit blocks, later answers, and being held up."""

import asyncio
import socket
import time
from contextlib import closing

import pytest

from hl7.connection import MOST_WAITING
from hl7.endpoint import Endpoint, Limits
from hl7.mllp import ACK_BLOCK, NAK_BLOCK, encode_frame
from hl7.pressure import Pressure
from hl7.server import Answer, Arrival
from tests.integration.hl7.running import answer, connect, message, read_frames, reply, serving


def test_release_2_commits_each_block_before_its_answer() -> None:
    with serving(endpoint=Endpoint(release=2)) as running, closing(connect(running)) as peer:
        peer.sendall(encode_frame(message("C1")) + encode_frame(ACK_BLOCK))
        peer.sendall(encode_frame(message("C2")))
        first, one, second, two = read_frames(peer, 4)
    assert (first, second) == (ACK_BLOCK, ACK_BLOCK)
    assert b"MSA|AA|C1" in one
    assert b"MSA|AA|C2" in two


def test_release_2_tells_what_could_not_be_kept_and_goes_on() -> None:
    async def failing(arrival: Arrival) -> Answer:
        if b"|BAD|" in arrival.data:
            raise OSError
        return await answer(arrival)

    endpoint = Endpoint(release=2)
    with serving(failing, endpoint=endpoint) as running, closing(connect(running)) as peer:
        peer.sendall(encode_frame(message("BAD")) + encode_frame(message("C1")))
        refused, committed, accepted = read_frames(peer, 3)
    assert (refused, committed) == (NAK_BLOCK, ACK_BLOCK)
    assert b"MSA|AA|C1" in accepted


def test_commit_bytes_are_not_taken_for_messages() -> None:
    with serving() as running, closing(connect(running)) as peer:
        peer.sendall(encode_frame(ACK_BLOCK) + encode_frame(NAK_BLOCK))
        peer.sendall(encode_frame(message("C1")))
        assert b"MSA|AA|C1" in read_frames(peer, 1)[0]
        assert running.server.messages == 1


def test_application_answer_follows_while_other_messages_go_on() -> None:
    async def both(arrival: Arrival) -> Answer:
        async def later() -> bytes:
            await asyncio.sleep(0.2 if b"|C1|" in arrival.data else 0)
            return reply(arrival.data).replace(b"MSA|AA", b"MSA|LATER")

        return Answer(reply(arrival.data).replace(b"MSA|AA", b"MSA|CA"), later())

    with serving(both) as running, closing(connect(running)) as peer:
        peer.sendall(encode_frame(message("C1")) + encode_frame(message("C2")))
        said = [one.rpartition(b"MSA|")[2].rstrip() for one in read_frames(peer, 4)]
    assert said[0] == b"CA|C1"
    assert said[1:] == [b"CA|C2", b"LATER|C2", b"LATER|C1"]


def test_later_answer_of_a_connection_that_is_gone_is_given_back() -> None:
    back: list[bytes] = []

    async def both(arrival: Arrival) -> Answer:
        async def later() -> bytes:
            await asyncio.sleep(0.2)
            return b"LATER"

        return Answer(b"CA", later(), back.append)

    with serving(both) as running:
        with closing(connect(running)) as peer:
            peer.sendall(encode_frame(message("C1")))
            assert read_frames(peer, 1) == [b"CA"]
        end = time.monotonic() + 5
        while not back and time.monotonic() < end:
            time.sleep(0.01)
    assert back == [b"LATER"]


def test_half_closed_connection_is_answered() -> None:
    with serving() as running, closing(connect(running)) as peer:
        peer.sendall(encode_frame(message("C1")) + encode_frame(message("C2")))
        peer.shutdown(socket.SHUT_WR)
        assert len(read_frames(peer, 3)) == 2


def test_sender_far_ahead_of_its_answers_is_not_read() -> None:
    gate = asyncio.Event()

    async def slow(arrival: Arrival) -> Answer:
        await gate.wait()
        return await answer(arrival)

    sent = encode_frame(message("C1", "x" * 60_000))
    with serving(slow) as running, closing(connect(running)) as peer:
        peer.settimeout(0.3)
        count = 0
        try:
            for count in range(1000):  # noqa: B007  how far it came is looked at
                peer.sendall(sent)
        except TimeoutError:
            held = running.server.held
            assert held < (MOST_WAITING + 12) * 60_000
        assert 0 < count < 999
        running.call(gate.set)


def test_above_the_high_water_mark_only_one_frame_goes_on_and_all_are_answered() -> None:
    pressure = Pressure(most_bytes=200_000)
    whole = encode_frame(message("C1", "x" * 90_000))
    with serving(pressure=pressure) as running:
        peers = [connect(running) for _ in range(6)]
        for peer in peers:
            peer.sendall(whole[:-10])
        end = time.monotonic() + 5
        while not pressure.is_high and time.monotonic() < end:
            time.sleep(0.01)
        assert pressure.is_high
        assert pressure.bytes < 450_000
        for peer in peers:
            peer.sendall(whole[-10:])
        for peer in peers:
            assert b"MSA|AA|C1" in read_frames(peer, 1)[0]
            peer.close()
    assert (pressure.bytes, pressure.messages, pressure.is_high) == (0, 0, False)


def test_held_listener_reads_nothing_until_it_goes_on() -> None:
    pressure = Pressure()
    limits = Limits(idle_seconds=0.1)
    with serving(pressure=pressure, limits=limits) as running, closing(connect(running)) as early:
        early.sendall(b"\x0b")
        running.call(lambda: pressure.hold(held=True))
        with closing(connect(running)) as peer:
            peer.sendall(encode_frame(message("C1")))
            peer.settimeout(0.4)
            with pytest.raises(TimeoutError):
                peer.recv(1)
            running.call(lambda: pressure.hold(held=False))
            peer.settimeout(10)
            assert b"MSA|AA|C1" in read_frames(peer, 1)[0]
