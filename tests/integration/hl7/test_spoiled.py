"""Spoiled messages over real sockets: each is answered at once or its connection closed."""

import random
import time
from contextlib import closing

from bench.mllp.mutate import good_messages, receive
from bench.mllp.mutation import MUTATIONS, mutate
from hl7.check import check
from hl7.mllp import encode_frame
from tests.integration.hl7.running import connect, message, serving

MESSAGES = 150


def test_spoiled_messages_are_answered_or_the_connection_is_closed() -> None:
    goods, seen = good_messages(), set[str]()
    with serving() as running:
        for seed in range(MESSAGES):
            chance = random.Random(seed)
            name, spoiled = mutate(chance.choice(goods), chance)
            seen.update(name.split("+"))
            with closing(connect(running)) as peer:
                peer.sendall(encode_frame(spoiled))
                began = time.monotonic()
                answer = receive(peer, 5)
            assert answer is not None, (name, seed)
            assert time.monotonic() - began < 5, (name, seed)
        with closing(connect(running)) as peer:
            peer.sendall(encode_frame(message("LAST")))
            last = receive(peer, 5)
    assert seen == set(MUTATIONS)
    assert last is not None
    assert b"MSA|AA|LAST" in last


def test_spoiled_messages_get_a_verdict() -> None:
    goods = good_messages()
    for seed in range(MESSAGES):
        chance = random.Random(seed)
        _, spoiled = mutate(chance.choice(goods), chance)
        if len(spoiled) < 50_000:
            assert check(spoiled).verdict in {"accepted", "accepted-with-errors", "rejected"}
