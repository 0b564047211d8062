"""Searches of words on both databases: what is found, and that the index follows every write."""

import threading
from collections.abc import Iterator
from typing import Never, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fhir_server.db.engine import Database
from fhir_server.db.tables import ix_words
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.search.match import is_judged
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse
from fhir_server.search.plan import plan_page
from fhir_server.search.query import Indexed
from fhir_server.search.statement import Template, new_binds, with_values
from fhir_server.search.text.document import DocumentReader
from fhir_server.search.text.value import Words
from fhir_server.search.text.word import words_of
from fhir_server.store.identity import Ids, utc_now
from fhir_server.store.unit_of_work import Store
from fhir_server.store.words import (
    KEEP_SQLITE,
    forget_words,
    index_marked,
    is_waiting,
    settle_words,
)
from tests.integration.search.sample import (
    ELSEWHERE,
    EXTRACTOR,
    HERE,
    REGISTRY,
    create,
    delete,
    ids,
    update,
)

TEXTS = DocumentReader(REGISTRY)
MANY_ROWS = """
INSERT INTO ix_words (rowid, narrative, content)
SELECT n, '', 'w' || n FROM generate_series(1, 20000) AS n
"""


class Ask(Protocol):
    """Runs a search and returns the ids found, newest first."""

    def __call__(
        self, type: str, *pairs: tuple[str, str], context: Context = HERE
    ) -> list[str]: ...


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = Store(Database.open(migrated_url), EXTRACTOR, utc_now, Ids(utc_now), texts=TEXTS)
    yield one
    one.database.close()


@pytest.fixture
def ask(store: Store) -> Ask:
    def run(type: str, *pairs: tuple[str, str], context: Context = HERE) -> list[str]:
        with store.read(context) as reader:
            options = Options(0, words=lambda: settled(settle_words(reader, TEXTS)))
            query = parse(pairs, type, context.tenant, REGISTRY, options)
            return ids(find_page(query, context, EXTRACTOR, reader))

    return run


def settled(done: bool) -> None:
    assert done


def narrated(id: str, narrative: str, **members: JsonValue) -> JsonObject:
    division = f'<div xmlns="http://www.w3.org/1999/xhtml">{narrative}</div>'
    text: JsonValue = {"status": "generated", "div": division}
    return {"resourceType": "Observation", "id": id, "text": text, **members}


def coded(code: str, display: str = "", text: str = "") -> JsonValue:
    coding: JsonObject = {"system": "urn:s", "code": code}
    if display:
        coding["display"] = display
    return {"coding": [coding], "text": text} if text else {"coding": [coding]}


SAMPLES: list[JsonObject] = [
    narrated("o1", "Knee <b>pain</b> since May", code=coded("k1", "Knee pain")),
    narrated("o2", "no fever", code=coded("f1", "Fever", "feels hot"), status="final"),
    narrated(
        "o3",
        "Ménière's disease",
        code=coded("m1", "Menière's disease of left ear"),
        note=[{"text": "no pain, no vertigo since Monday"}],
    ),
    narrated(
        "o4", "nothing", code=coded("2093-3", "Cholesterol"), method=coded("x", "Fever chart")
    ),
    {"resourceType": "Observation", "id": "o5", "code": coded("d1", "Diabetes mellitus")},
]
QUESTIONS = [
    ("_content", "pain", ["o3", "o1"]),
    ("_text", "pain", ["o1"]),
    ("_content", "pain -knee", ["o3"]),
    ("_content", "knee OR fever", ["o4", "o2", "o1"]),
    ("_text", "knee OR fever", ["o2", "o1"]),
    ("_content", "knee,diabetes", ["o5", "o1"]),
    ("_content", '"no pain"', ["o3"]),
    ("_content", '"pain no"', ["o3"]),
    ("_content", '"pain knee"', []),
    ("_content", '"may knee"', []),
    ("_text", '"knee pain"', ["o1"]),
    ("_text", '"fever feels"', []),
    ("_content", "diab*", ["o5"]),
    ("_text", "diab*", []),
    ("_content", "MENIERE", ["o3"]),
    ("_content", "2093-3", []),
    ("_content", "final", []),
    ("_content", '"left ea"*', ["o3"]),
    ("_content", "(knee OR fever) -hot", ["o4", "o1"]),
    ("code:text", "fever", ["o2"]),
    ("code:text", "feels", ["o2"]),
    ("code:text", "Fev", ["o2"]),
    ("code:text", "of disease", []),
    ("code:text", "disease of left", []),
    ("code:text", "Meniere's disease of le", ["o3"]),
    ("code:text", "knee,diabetes", ["o5", "o1"]),
    ("code:text", "pain", []),
    ("method:text", "fever", ["o4"]),
    ("method:text", "chart", []),
    ("method:text", "fever ch", ["o4"]),
    ("combo-code:text", "fever", ["o2"]),
]


@pytest.mark.parametrize(("name", "value", "found"), QUESTIONS)
def test_words_are_found(store: Store, ask: Ask, name: str, value: str, found: list[str]) -> None:
    create(store, *SAMPLES)
    assert ask("Observation", (name, value)) == found


@pytest.mark.parametrize(("name", "value", "found"), QUESTIONS)
def test_memory_judges_as_the_databases_do(name: str, value: str, found: list[str]) -> None:
    options = Options(0, words=lambda: None)
    query = parse([(name, value)], "Observation", HERE.tenant, REGISTRY, options)
    (criterion,) = query.criteria
    assert not is_judged(criterion)
    assert isinstance(criterion, Indexed)
    assert isinstance(criterion.value, Words)
    judged = [one["id"] for one in SAMPLES if criterion.value.holds(TEXTS(one, HERE.tenant))]
    assert judged[::-1] == found


@pytest.mark.parametrize("word", ["36e855632e7e4457", "1e5", "12e3abc", "e7e4", "0x1f", "5d2e10"])
def test_words_like_numbers_are_found_whole(store: Store, ask: Ask, word: str) -> None:
    create(store, narrated("1", f"sample {word} was lost"), narrated("2", "sample 36 was lost"))
    for name in ("_text", "_content"):
        assert ask("Observation", (name, word)) == ["1"]
        assert ask("Observation", (name, f'"sample {word} was"')) == ["1"]
        assert ask("Observation", (name, f"{word[:-1]}*")) == ["1"]
        assert ask("Observation", (name, f"sample -{word}")) == ["2"]


def test_words_and_other_criteria_together(store: Store, ask: Ask) -> None:
    create(store, *SAMPLES)
    assert ask("Observation", ("_content", "fever"), ("status", "final")) == ["o2"]
    assert ask("Observation", ("_content", "pain"), ("_content", "knee")) == ["o1"]
    assert ask("Observation", ("_content", "pain"), ("_count", "1")) == ["o3"]
    assert ask("Observation", ("_content", "pain"), ("_sort", "_id")) == ["o1", "o3"]
    assert ask("Observation", ("_content", "pain"), ("_id", "o1")) == ["o1"]
    assert ask("Patient", ("_content", "pain")) == []


def test_words_along_a_chain(store: Store, ask: Ask) -> None:
    create(store, {"resourceType": "Patient", "id": "p", "name": [{"family": "Weber"}]})
    create(store, {**SAMPLES[0], "subject": {"reference": "Patient/p"}}, SAMPLES[1])
    assert ask("Observation", ("subject:Patient._content", "weber")) == ["o1"]
    assert ask("Patient", ("_has:Observation:subject:_content", "knee")) == ["p"]
    assert ask("Patient", ("_has:Observation:subject:code:text", "fever")) == []


def test_index_follows_updates_and_deletes(store: Store, ask: Ask) -> None:
    create(store, narrated("o1", "first words"), narrated("o2", "first too"))
    assert ask("Observation", ("_text", "first")) == ["o2", "o1"]
    update(store, narrated("o1", "second words"))
    assert ask("Observation", ("_text", "first")) == ["o2"]
    assert ask("Observation", ("_text", "second words")) == ["o1"]
    delete(store, "Observation", "o1")
    assert ask("Observation", ("_content", "second")) == []
    assert kept(store) == 1
    update(store, narrated("o1", "third"))
    assert ask("Observation", ("_text", "third")) == ["o1"]


def kept(store: Store) -> int:
    """Return how many resources have words in the index."""
    with store.database.session() as session:
        return int(str(session.run("SELECT count(*) FROM ix_words")[0][0]))


def test_words_of_another_tenant_are_not_seen(store: Store, ask: Ask) -> None:
    create(store, narrated("o1", "secret"), context=ELSEWHERE)
    create(store, narrated("o2", "secret"))
    assert ask("Observation", ("_text", "secret")) == ["o2"]
    assert ask("Observation", ("_text", "secret"), context=ELSEWHERE) == ["o1"]


def test_worker_indexes_what_is_marked(store: Store) -> None:
    create(store, *SAMPLES)
    assert index_marked(store)
    assert not index_marked(store)
    assert kept(store) == len(SAMPLES)


def test_mark_commits_with_the_write(store: Store) -> None:
    def write_in_vain() -> None:
        with store.write(HERE) as work:
            work.create("Observation", "o1", narrated("o1", "undone"))
            work.flush()
            assert is_waiting(work.session)
            fail()

    with pytest.raises(ZeroDivisionError):
        write_in_vain()
    with store.database.session() as session:
        assert not is_waiting(session)


def test_failed_indexing_loses_no_mark(store: Store, ask: Ask) -> None:
    create(store, narrated("o1", "kept"))
    broken = Store(store.database, store.extract, store.clock, store.ids, texts=lambda *_: fail())
    with pytest.raises(ZeroDivisionError):
        index_marked(broken)
    assert ask("Observation", ("_text", "kept")) == ["o1"]


def fail() -> Never:
    raise ZeroDivisionError


def test_more_words_than_the_database_takes_do_not_stop_the_index(store: Store, ask: Ask) -> None:
    """PostgreSQL refuses a text whose distinct words are longer than a megabyte together."""
    long = [f"{number:060}" for number in range(25_000)]
    notes: JsonValue = [{"text": " ".join(reversed(long))}]
    create(store, narrated("long", " ".join(long), note=notes), narrated("short", "cough"))
    while index_marked(store):
        pass
    assert ask("Observation", ("_text", "cough")) == ["short"]
    assert ask("Observation", ("_text", long[0])) == ["long"]
    assert ask("Observation", ("_content", long[-1])) == ["long"]


def test_transaction_finds_what_it_has_written(store: Store) -> None:
    with store.write(HERE) as work:
        work.create("Observation", "o1", narrated("o1", "within"))
        options = Options(0, words=lambda: settled(settle_words(work, TEXTS)))
        query = parse([("_text", "within")], "Observation", 1, REGISTRY, options)
        assert ids(find_page(query, HERE, EXTRACTOR, work)) == ["o1"]
    assert kept(store) == 1


def test_words_forgotten_are_read_again_when_kept_again(store: Store, ask: Ask) -> None:
    create(store, narrated("o1", "before"))
    assert ask("Observation", ("_text", "before")) == ["o1"]
    forget_words(store, HERE.tenant)
    assert kept(store) == 0
    silent = Store(store.database, store.extract, store.clock, store.ids)
    create(silent, narrated("o2", "before too"))
    assert ask("Observation", ("_text", "before")) == ["o2", "o1"]


def test_store_that_keeps_no_words_leaves_no_marks(store: Store) -> None:
    silent = Store(store.database, store.extract, store.clock, store.ids)
    create(silent, narrated("o1", "silent"))
    update(silent, narrated("o1", "still"))
    with store.database.session() as session:
        assert not is_waiting(session)


def test_searches_and_worker_at_once_find_every_write(store: Store, ask: Ask) -> None:
    missed: list[str] = []

    def write_and_ask(name: str) -> None:
        for number in range(8):
            id = f"{name}{number}"
            create(store, narrated(id, f"word{id}"))
            if ask("Observation", ("_text", f"word{id}")) != [id]:
                missed.append(id)

    def work() -> None:
        for _ in range(30):
            index_marked(store)

    threads = [threading.Thread(target=write_and_ask, args=(one,)) for one in "abc"]
    threads.append(threading.Thread(target=work))
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert missed == []


def test_words_are_looked_up_in_their_index(store: Store) -> None:
    create(store, *SAMPLES)
    pairs = [("_content", "pain")]
    query = parse(pairs, "Observation", 1, REGISTRY, Options(0, words=lambda: None))
    with store.database.session() as session:
        if session.dialect == "sqlite":
            spelled, values = plan_page(query, HERE).spell(session.spelling)
            plan = str(session.run(f"EXPLAIN QUERY PLAN {spelled}", values))
            assert "SCAN ix_words_1 VIRTUAL TABLE INDEX" in plan
            assert "SEARCH resource USING INTEGER PRIMARY KEY" in plan
            assert "TEMP B-TREE" not in plan  # the newest come first from the index itself
            return
        session.run(MANY_ROWS, prepare=False)  # a handful is walked through anyway
        session.run("ANALYZE ix_words")
        (criterion,) = query.criteria
        assert isinstance(criterion, Indexed)
        index = ix_words.alias()
        chosen = select(index.c.rid).where(criterion.value.where(index.c, new_binds()))
        made = with_values(Template(chosen), criterion.value.bound)
        spelled, values = made.spell(session.spelling)
        plan = str(session.run(f"EXPLAIN {spelled}", values, prepare=False))
        assert "Bitmap Index Scan on ix_words_words" in plan


@given(st.lists(st.text(max_size=12), max_size=20))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_databases_take_words_as_they_are_made(store: Store, texts: list[str]) -> None:
    words = list(dict.fromkeys(words_of(" ".join([*texts, "a1 1e5 3d 007 0x1f 12h"]))))
    with store.database.session() as session:
        session.begin()
        if session.dialect == "sqlite":
            session.run(KEEP_SQLITE, (1, "", " ".join(words)))
            for word in words:
                assert session.run("SELECT 1 FROM ix_words WHERE ix_words MATCH ?", (f'"{word}"',))
        else:
            made = "SELECT tsvector_to_array(to_tsvector('simple', %s))"
            assert session.run(made, (" ".join(words),))[0][0] == sorted(words, key=str.encode)
        session.rollback()
