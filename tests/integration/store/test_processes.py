"""The running parts tell that they are alive."""

from dataclasses import replace
from datetime import timedelta

from fhir_server.store import processes
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import HERE
from tests.integration.store.test_jobs import Hand


def test_part_is_listed_with_its_age(store: Store) -> None:
    clock = Hand()
    store = replace(store, clock=clock)
    began = clock.time
    with store.write(HERE) as work:
        processes.beat(work, "worker", "host:1", {"jobs": 0})
    clock.pass_by(10)
    with store.write(HERE) as work:
        processes.beat(work, "worker", "host:1", {"jobs": 5})
        processes.beat(work, "listener", "host:2", {"port": 2575})
    clock.pass_by(3)
    with store.read(HERE) as reader:
        listener, worker = processes.all_processes(reader)
    assert (listener.role, listener.detail) == ("listener", {"port": 2575})
    assert (worker.name, worker.started, worker.detail) == ("host:1", began, {"jobs": 5})
    assert worker.age(clock.time) == timedelta(seconds=3)


def test_ended_and_silent_parts_are_forgotten(store: Store) -> None:
    clock = Hand()
    store = replace(store, clock=clock)
    with store.write(HERE) as work:
        processes.beat(work, "web", "killed", {})
    clock.pass_by(90_000)
    with store.write(HERE) as work:
        processes.beat(work, "web", "alive", {})
        processes.beat(work, "web", "ended", {})
        processes.retire(work, "web", "ended")
    with store.read(HERE) as reader:
        assert [one.name for one in processes.all_processes(reader)] == ["alive"]
