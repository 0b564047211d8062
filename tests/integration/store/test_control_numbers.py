"""Control numbers: unique for a partner and a kind, whoever asks at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fhir_server.outcome import Conflict
from fhir_server.store import control_numbers
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import ELSEWHERE, HERE


def allocate(
    store: Store, partner: str = "payer", kind: str = "interchange", count: int = 1
) -> list[int]:
    with store.write(HERE) as work:
        return list(control_numbers.allocate(work, partner, kind, count))


def test_numbers_follow_each_other(store: Store) -> None:
    assert allocate(store) == [1]
    assert allocate(store, count=3) == [2, 3, 4]
    assert allocate(store) == [5]


def test_partners_kinds_and_tenants_count_for_themselves(store: Store) -> None:
    allocate(store)
    assert allocate(store, partner="other") == [1]
    assert allocate(store, kind="group") == [1]
    with store.write(ELSEWHERE) as work:
        assert list(control_numbers.allocate(work, "payer", "interchange")) == [1]


def test_numbers_asked_for_at_once_are_all_different(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        some = pool.map(lambda count: allocate(store, count=count), [1, 2, 3, 4] * 5)
    numbers = [number for one in some for number in one]
    assert sorted(numbers) == list(range(1, 51))


def test_number_of_work_undone_is_given_out_again(store: Store) -> None:
    def allocate_and_fail() -> None:
        with store.write(HERE) as work:
            control_numbers.allocate(work, "payer", "interchange")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        allocate_and_fail()
    assert allocate(store) == [1]


def test_tenth_digit_is_refused(store: Store) -> None:
    with store.write(HERE) as work:
        control_numbers.allocate(work, "payer", "interchange", 999_999_998)
    assert allocate(store) == [999_999_999]
    with pytest.raises(Conflict):
        allocate(store)
