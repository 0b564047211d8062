"""Many at once, and killed in the middle: nothing doubled, nothing lost, nothing half."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from fhir_server.db.failure import Raced
from fhir_server.db.tables import ix_date, ix_eq
from fhir_server.model.codec import decode
from fhir_server.search.key import key
from fhir_server.store.repair import Delta, apply
from fhir_server.store.unit_of_work import Store, UnitOfWork
from fhir_server.store.version import Stored
from fhir_server.store.write import Create
from tests.integration.store.sample import HERE, open_store, patient

ROOT = Path(__file__).parents[3]
THREADS = 16


def at_once(action: Callable[[int], object], threads: int = THREADS) -> list[object]:
    """Run the action in this many threads, all begun at the same moment."""
    begin = threading.Barrier(threads)

    def run(number: int) -> object:
        begin.wait()
        return action(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(threads)))


def create_unless_known(work: UnitOfWork) -> int:
    """Create a patient by If-None-Exist: claim, search, create."""
    work.claim("Patient?identifier=1")
    wanted = key(HERE.tenant, "Patient", "identifier", "1")
    known = work.rows(select(ix_eq.c.rid).where(ix_eq.c.key == wanted))
    if known:
        return int(str(known[0][0]))
    return work.create("Patient", None, patient()).rid


def test_conditional_creates_at_once_create_one(store: Store) -> None:
    rids = at_once(lambda _: store.transact(HERE, create_unless_known))
    assert len(set(rids)) == 1
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 1}


@pytest.mark.parametrize("way", [UnitOfWork.lock, UnitOfWork.replaceable])
def test_updates_at_once_lose_none(
    store: Store, way: Callable[[UnitOfWork, str, str], Stored | None]
) -> None:
    def add_one(work: UnitOfWork) -> None:
        held = way(work, "Patient", "a")
        assert held is not None
        body = decode(held.body)
        body["multipleBirthInteger"] = int(str(body["multipleBirthInteger"])) + 1
        work.update(held, body)

    with store.write(HERE) as work:
        work.create("Patient", "a", patient() | {"multipleBirthInteger": 0})
    at_once(lambda _: [store.transact(HERE, add_one) for _ in range(5)], threads=8)
    with store.read(HERE) as reader:
        current = reader.current("Patient", "a")
        assert current is not None
        assert decode(current.body)["multipleBirthInteger"] == 40
        numbers = [one.number for one in reader.history("Patient", "a")]
    assert numbers == list(range(41, 0, -1))


def overtaken(store: Store, *more: str) -> None:
    """Replace a patient who is replaced by another between being read and being written.

    `more` are the ids of patients to be created in the same unit of work.
    """
    with store.write(HERE, hopeful=True) as work:
        seen = work.replaceable("Patient", "a")
        assert seen is not None
        with store.write(HERE) as other:
            held = other.lock("Patient", "a")
            assert held is not None
            other.update(held, patient("2", "Meyer"))
        for id in more:
            work.create("Patient", id, patient("3"))
        work.update(seen, patient("3", "Schulz", birthDate="1980"))


@pytest.mark.parametrize("more", [(), ("b",)])
def test_an_overtaken_update_is_told_and_leaves_nothing_half(
    store: Store, more: tuple[str, ...]
) -> None:
    if store.database.dialect == "sqlite":
        pytest.skip("its writers take turns from the reading on")
    with store.write(HERE) as work:
        work.create("Patient", "a", patient("1", "Weber"))
    with pytest.raises(Raced):
        overtaken(store, *more)
    assert identifiers(store) == [False, True, False]
    with store.read(HERE) as reader:
        history = reader.history("Patient", "a")
        assert not reader.rows(select(ix_date.c.rid))
        assert reader.counts() == {"Patient": 1}
    assert [(one.number, b"Meyer" in one.body) for one in history] == [(2, True), (1, False)]


def test_an_update_of_what_was_indexed_anew_meanwhile_is_told(store: Store) -> None:
    """Reindexing leaves the version; rows it added would be left behind by who did not see them."""
    if store.database.dialect == "sqlite":
        pytest.skip("its writers take turns from the reading on")
    with store.write(HERE) as work:
        made = work.create("Patient", "a", patient("1"))

    def replace() -> None:
        with store.write(HERE, hopeful=True) as work:
            seen = work.replaceable("Patient", "a")
            assert seen is not None
            with store.write(HERE) as other:
                delta = Delta()
                delta.add(made.rid, [(0, (7,))])
                apply(other, delta, {made.rid: (8, 0)})
            work.update(seen, patient("2"))

    with pytest.raises(Raced):
        replace()
    with store.write(HERE) as work:
        held = work.lock("Patient", "a")
        assert held is not None
        assert (held.number, held.param_hash) == (1, 8)


def identifiers(store: Store) -> list[bool]:
    """Tell which of the identifiers 1, 2 and 3 the index knows."""
    keys = [key(HERE.tenant, "Patient", "identifier", str(number)) for number in (1, 2, 3)]
    with store.read(HERE) as reader:
        known = {one for (one,) in reader.rows(select(ix_eq.c.key))}
    return [one in known for one in keys]


def test_locks_taken_in_any_order_do_not_deadlock(store: Store) -> None:
    names = [f"p{number}" for number in range(10)]
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(), name) for name in names])

    def change_all(number: int) -> None:
        order = names if number % 2 else names[::-1]

        def change(work: UnitOfWork) -> None:
            held = work.lock_many([("Patient", name) for name in order])
            for one in held.values():
                work.update(one, patient(str(number)))

        store.transact(HERE, change)

    at_once(change_all, threads=8)
    with store.read(HERE) as reader:
        assert {one.number for one in reader.stream("Patient")} == {9}


def test_version_replaced_meanwhile_is_raced(store: Store) -> None:
    with store.write(HERE) as work:
        stale = work.create("Patient", "a", patient())
    with store.write(HERE) as work:
        work.update(stale, patient("2"))
    with pytest.raises(Raced), store.write(HERE) as work:
        work.update(stale, patient("3"))
    with store.read(HERE) as reader:
        assert len(reader.history("Patient", "a")) == 2
        current = reader.current("Patient", "a")
    assert current is not None
    assert b'"value":"2"' in current.body


def test_raced_work_is_run_again(store: Store) -> None:
    calls: list[int] = []

    def race_twice(work: UnitOfWork) -> str:
        calls.append(len(calls))
        work.create("Patient", None, patient())
        if len(calls) < 3:
            raise Raced("another write came between")
        return "written"

    assert store.transact(HERE, race_twice) == "written"
    assert len(calls) == 3
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 1}


def test_work_that_always_races_ends(store: Store) -> None:
    def race(_: UnitOfWork) -> None:
        raise Raced("another write came between")

    with pytest.raises(Raced):
        store.transact(HERE, race)


KILLED = """
import sys, time
from tests.integration.store.sample import HERE, open_store, patient
with open_store(sys.argv[1]).write(HERE) as work:
    work.claim("Patient?identifier=1")
    work.create("Patient", "a", patient())
    work.flush()
    print("written", flush=True)
    time.sleep(60)
"""


def test_process_killed_in_a_transaction_leaves_nothing(store: Store, migrated_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, migrated_url], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"written\n"
        process.kill()
        process.wait()
    store.transact(HERE, create_unless_known)
    with store.read(HERE) as reader:
        assert reader.current("Patient", "a") is None
        assert reader.counts() == {"Patient": 1}


def test_forked_process_opens_its_own_connections(store: Store) -> None:
    with store.write(HERE) as work:
        work.create("Patient", "a", patient())
    child = os.fork()
    if child == 0:
        write_and_exit(store)
    assert os.waitpid(child, 0)[1] == 0
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 2}


def write_and_exit(store: Store) -> None:
    """Write one resource and end the forked process at once, without its parent's clean-up."""
    status = 1
    try:
        with store.write(HERE) as work:
            work.create("Patient", "b", patient("2"))
        status = 0
    finally:
        os._exit(status)


def test_processes_write_side_by_side(store: Store, migrated_url: str) -> None:
    other = open_store(migrated_url)

    def write(number: int) -> None:
        one = store if number % 2 else other
        for _ in range(10):
            with one.write(HERE) as work:
                work.create("Patient", None, patient())

    at_once(write, threads=8)
    other.database.close()
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 80}
