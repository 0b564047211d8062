"""Writing and reading resources: versions, tombstones, no-op updates, tenants, index rows."""

from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from fhir_server.db.tables import ix_eq, metadata, resource, resource_version
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import Conflict
from fhir_server.search.key import key
from fhir_server.search.visible import version_columns, visible
from fhir_server.store import reader as reading
from fhir_server.store.index import TABLES
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import Store
from fhir_server.store.version import Stored
from fhir_server.store.write import Create, Delete, Update
from tests.integration.store.sample import ELSEWHERE, HERE, extract, patient

INDEX = ("ix_eq", "ix_ref", "ix_str", "ix_date", "ix_num")


def create(store: Store, id: str = "a", resource: JsonObject | None = None) -> Stored:
    with store.write(HERE) as work:
        return work.create("Patient", id, resource or patient())


def as_version(stored: Stored) -> Version:
    return Version(*(getattr(stored, one.name) for one in fields(Version)))


def update(store: Store, id: str, resource: JsonObject) -> Stored:
    with store.write(HERE) as work:
        current = work.lock("Patient", id)
        assert current is not None
        return work.update(current, resource)


def delete(store: Store, id: str) -> Stored:
    with store.write(HERE) as work:
        current = work.lock("Patient", id)
        assert current is not None
        return work.delete(current)


def rows_of(store: Store, name: str) -> set[tuple[object, ...]]:
    columns = metadata.tables[name].c
    named = [columns[one] for one in (*dict(TABLES)[name], "rid")]
    with store.read(HERE) as reader:
        return {tuple(row) for row in reader.rows(select(*named))}


def wanted(resource: JsonObject, rid: int) -> list[set[tuple[object, ...]]]:
    rows = extract(resource, HERE.tenant)
    tables = ([(one,) for one in rows.eq], rows.ref, rows.str, rows.date, rows.num)
    return [{(*row, rid) for row in table} for table in tables]


def by_identifier(reader: Reader, value: str) -> list[str]:
    rows = visible("Patient", reader.context)
    keys = select(ix_eq.c.rid).where(
        ix_eq.c.key == key(reader.context.tenant, "Patient", "identifier", value)
    )
    chosen = select(*version_columns(rows)).where(rows.c.rid.in_(keys)).order_by(rows.c.rid)
    return [one.id for one in reader.select(chosen)]


def test_created_resource_is_read_as_it_was_stamped(store: Store) -> None:
    stored = create(store, "a", patient(gender="other"))
    with store.read(HERE) as reader:
        version = reader.current("Patient", "a")
    assert version is not None
    assert (version.number, version.operation, version.deleted) == (1, "create", False)
    assert version.body == stored.body
    body = decode(version.body)
    meta = body.pop("meta")
    assert list(body) == ["resourceType", "id", "identifier", "name", "gender"]
    assert isinstance(meta, dict)
    assert meta["versionId"] == "1"
    assert meta["lastUpdated"] == f"{version.updated:%Y-%m-%dT%H:%M:%S.%f}Z"


def test_unknown_resource_is_none(store: Store) -> None:
    with store.read(HERE) as reader:
        assert reader.current("Patient", "a") is None
        assert reader.version("Patient", "a", 1) is None
        assert reader.history("Patient", "a") == []
        assert reader.many([("Patient", "a")]) == {}


def test_server_gives_an_id_when_there_is_none(store: Store) -> None:
    with store.write(HERE) as work:
        stored = work.create("Patient", None, patient())
    with store.read(HERE) as reader:
        assert reader.current("Patient", stored.id) is not None


def test_taken_id_is_a_conflict(store: Store) -> None:
    create(store)
    with pytest.raises(Conflict), store.write(HERE) as work:
        work.create("Patient", "a", patient("2"))
    with store.read(HERE) as reader:
        assert by_identifier(reader, "2") == []


def test_update_is_a_new_version_and_keeps_the_old(store: Store) -> None:
    first = create(store)
    second = update(store, "a", patient(family="Maier"))
    with store.read(HERE) as reader:
        assert reader.current("Patient", "a") == as_version(second)
        assert reader.version("Patient", "a", 1) == as_version(first)
        assert reader.version("Patient", "a", 2) == as_version(second)
        assert reader.version("Patient", "a", 3) is None
        assert [one.number for one in reader.history("Patient", "a")] == [2, 1]
    assert second.updated > first.updated
    assert second.rid == first.rid


def test_update_without_a_change_changes_nothing(store: Store) -> None:
    first = create(store)
    again = update(store, "a", decode(first.body))
    assert again.number == 1
    assert update(store, "a", patient()).number == 1
    with store.read(HERE) as reader:
        assert len(reader.history("Patient", "a")) == 1


@pytest.mark.parametrize(
    "members",
    [
        {"meta": {"tag": [{"code": "new"}]}},
        {"active": True},
        {"multipleBirthInteger": 1},
    ],
)
def test_any_other_difference_is_a_change(store: Store, members: JsonObject) -> None:
    create(store)
    assert update(store, "a", patient() | members).number == 2


def test_decimal_precision_is_a_difference(store: Store) -> None:
    create(store, "a", decode(b'{"resourceType": "Patient", "value": 1.0}'))
    second = update(store, "a", decode(b'{"resourceType": "Patient", "value": 1.00}'))
    assert second.number == 2
    assert b'"value":1.00' in second.body


def test_deleted_resource_leaves_a_tombstone(store: Store) -> None:
    create(store)
    tombstone = delete(store, "a")
    assert (tombstone.number, tombstone.deleted, tombstone.body) == (2, True, b"")
    with store.read(HERE) as reader:
        current = reader.current("Patient", "a")
        assert current is not None
        assert current.deleted
        assert [one.operation for one in reader.history("Patient", "a")] == ["delete", "create"]
        rows = visible(None, HERE)
        assert reader.select(select(*version_columns(rows))) == []
        assert reader.counts() == {}
    assert [rows_of(store, table) for table in INDEX] == [set()] * len(INDEX)


def test_deleting_twice_is_one_deletion(store: Store) -> None:
    create(store)
    delete(store, "a")
    assert delete(store, "a").number == 2


def test_updated_tombstone_comes_back_to_life(store: Store) -> None:
    create(store)
    delete(store, "a")
    third = update(store, "a", patient())
    assert (third.number, third.deleted) == (3, False)
    assert [rows_of(store, table) for table in INDEX] == wanted(patient(), third.rid)
    with store.read(HERE) as reader:
        assert [one.number for one in reader.history("Patient", "a")] == [3, 2, 1]
        assert by_identifier(reader, "1") == ["a"]


def test_index_follows_every_change(store: Store) -> None:
    steps = [
        patient("1", "Weber", generalPractitioner="x", birthDate="19700101"),
        patient("1", "Maier", generalPractitioner="x", birthDate="19700102"),
        patient("2", "Maier", gender="male"),
        patient("2", "Maier", gender="female"),
        patient("2", "Maier", generalPractitioner="y"),
    ]
    rid = create(store, "a", steps[0]).rid
    assert [rows_of(store, table) for table in INDEX] == wanted(steps[0], rid)
    for step in steps[1:]:
        update(store, "a", step)
        assert [rows_of(store, table) for table in INDEX] == wanted(step, rid)


def test_unit_of_work_sees_what_it_wrote(store: Store) -> None:
    with store.write(HERE) as work:
        first = work.create("Patient", "a", patient())
        assert by_identifier(work, "1") == ["a"]
        second = work.update(first, patient("2"))
        third = work.update(second, patient("3"))
        assert by_identifier(work, "3") == ["a"]
        assert [one.number for one in work.history("Patient", "a")] == [3, 2, 1]
    assert first.updated < second.updated < third.updated


def test_unit_of_work_that_raises_leaves_nothing(store: Store) -> None:
    def write_and_fail() -> None:
        with store.write(HERE) as work:
            work.create("Patient", "a", patient())
            work.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with store.read(HERE) as reader:
        assert reader.current("Patient", "a") is None
    assert [rows_of(store, table) for table in INDEX] == [set()] * len(INDEX)


def test_bundle_of_all_kinds_is_applied_in_order(store: Store) -> None:
    for name in ("kept", "changed", "gone"):
        create(store, name, patient(name))
    with store.write(HERE) as work:
        held = work.lock_many([("Patient", "changed"), ("Patient", "gone"), ("Patient", "kept")])
        versions = work.apply(
            [
                Delete(held["Patient", "gone"]),
                Create("Patient", patient("new"), "new"),
                Update(held["Patient", "changed"], patient("other")),
                Update(held["Patient", "kept"], patient("kept")),
                *(Create("Observation", {"resourceType": "Observation"}) for _ in range(3)),
            ]
        )
    assert [(one.id, one.number, one.deleted) for one in versions[:4]] == [
        ("gone", 2, True),
        ("new", 1, False),
        ("changed", 2, False),
        ("kept", 1, False),
    ]
    with store.read(HERE) as reader:
        assert reader.counts() == {"Observation": 3, "Patient": 3}
        assert by_identifier(reader, "gone") == by_identifier(reader, "changed") == []
        assert by_identifier(reader, "other") == ["changed"]
        superseded = reader.rows(select(func.count()).select_from(resource_version))
    assert superseded[0][0] == 2


def test_texts_that_cannot_be_stored_are_searchable_all_the_same(store: Store) -> None:
    odd = patient(family="a\x00b\x1fc") | {"name": [{"family": "a\x00b"}, {"family": "a\x1fb"}]}
    rid = create(store, "a", odd).rid
    family = key(HERE.tenant, "Patient", "family")
    assert rows_of(store, "ix_str") == {(family, "a b", rid)}
    update(store, "a", patient(family="a c"))
    assert rows_of(store, "ix_str") == {(family, "a c", rid)}


def test_labels_of_the_resource_are_in_its_row(store: Store) -> None:
    marked: JsonObject = {"meta": {"security": [{"system": "urn:s", "code": "R"}, {"code": "N"}]}}
    create(store, "a", patient() | marked)
    create(store, "b", patient())
    with store.read(HERE) as reader:
        rows = reader.rows(select(resource.c.fid, resource.c.labels))
    assert {tuple(row) for row in rows} == {("a", "urn:s|R\n|N"), ("b", None)}


def test_tenants_do_not_see_each_other(store: Store) -> None:
    create(store)
    with store.write(ELSEWHERE) as work:
        assert work.lock("Patient", "a") is None
        other = work.create("Patient", "a", patient("2"))
    with store.read(ELSEWHERE) as reader:
        assert reader.counts() == {"Patient": 1}
        assert [one.body for one in reader.stream_versions(None)] == [other.body]
        assert by_identifier(reader, "1") == []
        assert by_identifier(reader, "2") == ["a"]
    with store.read(HERE) as reader:
        assert by_identifier(reader, "2") == []


def test_many_are_found_in_one_go(store: Store) -> None:
    create(store, "a")
    create(store, "b", patient("2"))
    delete(store, "b")
    keys = [("Patient", "a"), ("Patient", "b"), ("Patient", "c"), ("Group", "a"), ("Patient", "a")]
    with store.read(HERE) as reader:
        found = reader.many(keys)
    assert {name: one.deleted for name, one in found.items()} == {
        ("Patient", "a"): False,
        ("Patient", "b"): True,
    }


def test_history_is_paged_and_bounded(store: Store) -> None:
    versions = [create(store)]
    versions += [update(store, "a", patient(str(number))) for number in range(10, 15)]
    with store.read(HERE) as reader:
        assert [one.number for one in reader.history("Patient", "a", count=2)] == [6, 5]
        page = reader.history("Patient", "a", count=2, before=5)
        assert [one.number for one in page] == [4, 3]
        since = versions[3].updated
        assert [one.number for one in reader.history("Patient", "a", since=since)] == [6, 5, 4]
        later = versions[-1].updated + timedelta(microseconds=1)
        assert reader.history("Patient", "a", since=later) == []


def test_selection_is_counted_whatever_its_order(store: Store) -> None:
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(str(number))) for number in range(7)])
    with store.read(HERE) as reader:
        rows = visible("Patient", HERE)
        chosen = select(*version_columns(rows)).order_by(rows.c.updated.desc())
        assert reader.count(chosen) == 7
        assert reader.count(chosen.limit(3)) == 3


def test_stream_yields_everything_once(store: Store) -> None:
    with store.write(HERE) as work:
        made = work.apply([Create("Patient", patient(str(number))) for number in range(25)])
        work.create("Group", "g", {"resourceType": "Group"})
    with store.read(HERE) as reader:
        assert [one.id for one in reader.stream("Patient", chunk=4)] == [one.id for one in made]
        assert len(list(reader.stream(None, chunk=5))) == 26
        assert list(reader.stream("Patient", since=made[0].updated + timedelta(seconds=1))) == []
        assert len(list(reader.stream("Patient", since=made[0].updated))) == 25


def test_stream_of_versions_has_history_and_tombstones(store: Store) -> None:
    for name in ("a", "b", "c"):
        create(store, name, patient(name))
    update(store, "a", patient("x"))
    delete(store, "b")
    with store.read(HERE) as reader:
        found = [(one.id, one.number, one.deleted) for one in reader.stream_versions(None, chunk=1)]
    assert found == [
        ("a", 1, False),
        ("a", 2, False),
        ("b", 1, False),
        ("b", 2, True),
        ("c", 1, False),
    ]


def test_snapshot_shows_one_moment(store: Store) -> None:
    create(store, "a")
    with store.read(HERE, snapshot=True) as reader:
        assert reader.counts() == {"Patient": 1}
        create(store, "b", patient("2"))
        assert reader.counts() == {"Patient": 1}
        assert [one.id for one in reader.stream(None)] == ["a"]
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 2}


def test_large_batch_is_written_whole(store: Store) -> None:
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(str(number), "ü" * 500)) for number in range(1200)])
    with store.read(HERE) as reader:
        assert reader.counts() == {"Patient": 1200}
        assert len(by_identifier(reader, "1199")) == 1
        keys = [("Patient", one.id) for one in reader.stream("Patient")]
        assert len(reader.many(keys)) == 1200


def test_bodies_are_every_current_text_in_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "RUN", 7)
    texts = [patient(str(number), "Ünïcode % \\ 100%%") for number in range(21)]
    with store.write(HERE) as work:
        made = work.apply([Create("Patient", one) for one in texts])
    delete(store, made[3].id)
    with store.read(HERE, snapshot=True) as reader:
        found = list(reader.bodies("Patient"))
        assert found == [one.body for one in made if one is not made[3]]
        assert list(reader.bodies("Group")) == []
        assert list(reader.bodies("Patient", since=made[0].updated)) == found


def test_reader_that_stops_in_the_middle_gives_its_connection_back(store: Store) -> None:
    """What the database would still send is given up, also while something holds the iterator."""
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(family="x" * 5000)) for _ in range(1500)])
    for snapshot in (True, False):
        with store.read(HERE, snapshot=snapshot) as reader:
            bodies = reader.bodies("Patient")
            next(bodies)
        with store.read(HERE) as reader:
            assert reader.counts() == {"Patient": 1500}
            del bodies
            assert reader.counts() == {"Patient": 1500}
