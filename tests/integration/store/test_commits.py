"""Writers of one moment share a transaction on SQLite, and one's failure is his alone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_server.db.migrate import upgrade
from fhir_server.outcome import Conflict, FhirError
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import HERE, open_store, patient

WRITERS = 12


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    one = open_store(f"sqlite:///{tmp_path / 'parity.db'}")
    upgrade(one.database)
    yield one
    one.database.close()


def commits(store: Store) -> int:
    """Return how many transactions the log holds: each ends with a page that tells the size."""
    with store.database.session() as session:
        path = Path(str(session.run("PRAGMA database_list")[0][2]) + "-wal")
    log = path.read_bytes()
    frame = 24 + int.from_bytes(log[8:12], "big")
    heads = (log[start : start + 24] for start in range(32, len(log), frame))
    return sum(head[4:8] != b"\0\0\0\0" for head in heads)


def create_all(store: Store, ids: list[str]) -> dict[str, FhirError | None]:
    """Create Patients by one thread each, all waiting until the writer's turn is given back."""
    ends: dict[str, FhirError | None] = {}

    def create(number: int, id: str) -> None:
        try:
            with store.write(HERE) as work:
                work.create("Patient", id, patient(str(number)))
            ends[f"{number} {id}"] = None
        except FhirError as error:
            ends[f"{number} {id}"] = error

    threads = [threading.Thread(target=create, args=pair) for pair in enumerate(ids)]
    with store.database.session() as session:
        session.begin()
        for thread in threads:
            thread.start()
        while len(store.commits.waiting) < len(ids):
            threading.Event().wait(0.01)
        session.rollback()
    for thread in threads:
        thread.join()
    return ends


def test_writers_of_one_moment_share_a_transaction(store: Store) -> None:
    before = commits(store)
    ends = create_all(store, [f"p{number}" for number in range(WRITERS)])
    assert set(ends.values()) == {None}
    assert commits(store) == before + 1
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": WRITERS}


def test_a_refused_write_is_undone_alone(store: Store) -> None:
    ids = [f"p{number}" for number in range(WRITERS - 1)]
    ends = create_all(store, [*ids, "p3"])
    refused = [name for name, error in ends.items() if error is not None]
    assert len(refused) == 1
    assert refused[0].endswith(" p3")
    assert isinstance(ends[refused[0]], Conflict)
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": WRITERS - 1}


def test_a_lone_writer_does_not_wait(store: Store) -> None:
    with store.write(HERE) as work:
        work.create("Patient", "a", patient())
    assert store.commits.waiting == ()
    with store.read(HERE) as reader:
        assert reader.current("Patient", "a") is not None
