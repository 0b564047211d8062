import threading
import time

import pytest

from fhir_server.db.turnstile import Turnstile
from fhir_server.outcome import Throttled


def test_one_thread_at_a_time() -> None:
    turnstile = Turnstile()
    inside, most = 0, 0

    def enter() -> None:
        nonlocal inside, most
        for _ in range(50):
            with turnstile:
                inside += 1
                most = max(most, inside)
                time.sleep(0)
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside, most) == (0, 1)


def test_first_come_first_served() -> None:
    turnstile = Turnstile()
    order: list[int] = []

    def enter(number: int) -> None:
        with turnstile:
            order.append(number)

    turnstile.acquire()
    threads = []
    for number in range(6):
        threads.append(threading.Thread(target=enter, args=(number,)))
        threads[-1].start()
        while len(turnstile._waiting) <= number:
            time.sleep(0.001)
    turnstile.release()
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_waiting_has_an_end() -> None:
    turnstile = Turnstile(patience=0.01)
    with turnstile, pytest.raises(Throttled):
        turnstile.acquire()
    with turnstile:
        pass


def test_turn_is_passed_on_after_an_error() -> None:
    turnstile = Turnstile(patience=0.1)
    with pytest.raises(RuntimeError), turnstile:
        raise RuntimeError
    with turnstile:
        pass
