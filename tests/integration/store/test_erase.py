"""Rows that go for good: completely, in steps that end, and never by a full scan."""

import pytest
from sqlalchemy import delete, select

from fhir_server.db.tables import exchange_link, metadata, resource, resource_version
from fhir_server.model.resource import JsonObject
from fhir_server.search.key import key, self_key
from fhir_server.store import erase
from fhir_server.store.erase import ERASED, Erased, Past
from fhir_server.store.unit_of_work import Store
from fhir_server.store.write import Create, Update
from tests.integration.store.sample import HERE, patient

GROUP: JsonObject = {"resourceType": "Group"}


def changed(store: Store, count: int, times: int) -> None:
    """Store Groups and change each of them so many times."""
    with store.write(HERE) as work:
        found = work.apply([Create("Group", GROUP, f"g{number}") for number in range(count)])
    for number in range(times):
        with store.write(HERE) as work:
            found = work.apply([Update(one, {**GROUP, "language": f"x{number}"}) for one in found])


def test_erased_resource_leaves_no_row(store: Store) -> None:
    with store.write(HERE) as work:
        first = work.create("Patient", "a", patient("1", birthDate="1980", generalPractitioner="p"))
    with store.write(HERE) as work:
        work.apply([Update(first, patient("2", birthDate="1981"))])
        work.change(exchange_link.insert().values(exchange=1, type="Patient", fid="a", place="x"))
    with store.write(HERE) as work:
        assert erase.erase(work, [("Patient", "a"), ("Patient", "none")]) == Erased(1, 2, 1)
    with store.read(HERE) as reader:
        for table in metadata.sorted_tables:
            if "rid" in table.c or table in ERASED:
                assert reader.rows(select(table)) == [], table.name
        assert reader.current("Patient", "a") is None
    with store.write(HERE) as work:
        assert work.create("Patient", "a", patient()).number == 1


def test_many_versions_of_one_moment_go_in_steps_that_end(store: Store) -> None:
    changed(store, 700, 1)
    moment = 2**62
    steps = []
    while True:
        with store.write(HERE) as work:
            found = erase.erase_past(work, Past(moment), "Group", 300)
        if not found:
            break
        steps.append(found)
    assert steps == [300, 300, 100]
    with store.read(HERE) as reader:
        assert erase.count_past(reader, Past(moment), ["Group"]) == {}
        assert reader.counts() == {"Group": 700}
        assert len(reader.history("Group", "g1")) == 1


def test_nothing_is_removed_by_a_full_scan(store: Store) -> None:
    """Deletes of long ago took hours in other servers for want of an index."""
    changed(store, 300, 3)
    linked = (exchange_link.c.type == "Group", exchange_link.c.fid == "g1")
    statements = [
        delete(resource).where(resource.c.rid.in_([1, 2])),
        delete(resource_version).where(resource_version.c.rid.in_([1, 2])),
        delete(resource_version).where(
            resource_version.c.rid.in_([1, 2]), resource_version.c.ver == 1
        ),
        delete(exchange_link).where(*linked),
    ]
    with store.write(HERE) as work:
        rows = [
            exchange_link.insert().values(exchange=1, type="x", fid=str(n), place="y")
            for n in range(300)
        ]
        for row in rows:
            work.change(row)
    explain = "EXPLAIN " if store.database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    with store.database.session() as session:
        session.run("ANALYZE")
        for statement in statements:
            compiled = statement.compile(
                store.database.engine, compile_kwargs={"literal_binds": True}
            )
            plan = "\n".join(str(one[-1]) for one in session.run(f"{explain}{compiled}"))
            assert "Seq Scan" not in plan, plan
            assert "SCAN resource" not in plan, plan
            assert "SCAN exchange" not in plan, plan


@pytest.mark.parametrize("limit", [1, 10])
def test_what_refers_to_a_target_is_found_in_order(store: Store, limit: int) -> None:
    with store.write(HERE) as work:
        for id in ("a", "b", "c"):
            work.create("Patient", id, patient(generalPractitioner="p"))
        work.create("Patient", "d", patient(generalPractitioner="q"))
    keys = [key(1, "Patient", "general-practitioner")]
    target = self_key(1, "P", "p")
    with store.read(HERE) as reader:
        assert erase.count_linked(reader, target, keys) == 3
        found, after = [], 0
        while page := erase.linked(reader, target, keys, after, limit):
            found += [one.id for one in page]
            after = page[-1].rid
    assert found == ["a", "b", "c"]


def test_deleted_resources_are_found_by_what_they_said(store: Store) -> None:
    with store.write(HERE) as work:
        for id in ("a", "b"):
            work.create("Patient", id, patient(family=f"of {id}"))
        held = work.lock("Patient", "a")
        assert held is not None
        work.delete(held)
    with store.read(HERE) as reader:
        assert [one.id for one in erase.buried(reader, "Patient", "of a")] == ["a"]
        assert list(erase.buried(reader, "Patient", "of b")) == []
