import threading
import uuid
from datetime import UTC, datetime, timedelta

from fhir_server.model.date import microseconds
from fhir_server.store.identity import Ids

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_keys_grow_even_when_the_clock_stands_or_goes_back() -> None:
    times = [NOW, NOW, NOW - timedelta(hours=1), NOW + timedelta(seconds=1)]
    ids = Ids(lambda: times.pop(0), node=5)
    keys = [*ids.keys(3), ids.key(), ids.key(), *ids.keys(2)]
    assert keys == sorted(set(keys))


def test_keys_tell_time_and_node() -> None:
    key = Ids(lambda: NOW, node=5).key()
    assert divmod(key, 2048) == (microseconds(NOW), 5)
    assert set(Ids(lambda: NOW, node=5).keys(100)).isdisjoint(Ids(lambda: NOW, node=6).keys(100))


def test_keys_fit_the_column_for_decades() -> None:
    far = datetime(2100, 1, 1, tzinfo=UTC)
    assert Ids(lambda: far, node=2047).key() < 2**63


def test_no_key_is_given_out() -> None:
    assert list(Ids(lambda: NOW).keys(0)) == []


def test_threads_never_share_a_key() -> None:
    ids = Ids(lambda: NOW, node=0)
    keys: list[int] = []
    threads = [
        threading.Thread(target=lambda: keys.extend(ids.keys(7)[0] for _ in range(500)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 4000


def test_resource_ids_are_uuids_that_sort_by_time() -> None:
    times = [NOW + timedelta(milliseconds=number) for number in range(50)]
    ids = Ids(iter(times).__next__)
    made = [ids.resource_id() for _ in times]
    assert made == sorted(made)
    parsed = [uuid.UUID(one) for one in made]
    assert {(one.version, one.variant) for one in parsed} == {(7, uuid.RFC_4122)}
    assert [one.int >> 80 for one in parsed] == [microseconds(time) // 1000 for time in times]
