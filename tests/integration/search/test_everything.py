"""Everything about a patient is found by references to it: no type is read through."""

from sqlalchemy import text

from fhir_server.search.everything import Extent, plan_members
from fhir_server.search.registry import Registry
from fhir_server.store.unit_of_work import Store
from profiles.loader import load
from tests.integration.search.sample import HERE

EXTENTS = (
    Extent("Patient", "1"),
    Extent("Patient", "1", frozenset({"Observation"}), since=1, start=1, end=2),
    Extent("Encounter", "1"),
)


def plan_of(store: Store, extent: Extent) -> str:
    statement = plan_members(extent, HERE, Registry(load()), 0, 50)
    with store.database.session() as session:
        compiled = statement.compile(
            dialect=session.spelling, compile_kwargs={"render_postcompile": True}
        )
        explain = "EXPLAIN" if store.database.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        if explain == "EXPLAIN":
            session.execute(text("SET enable_seqscan = off"))
        rows = session.run(f"{explain} {compiled}", dict(compiled.params))
        return "\n".join(" ".join(map(str, row)) for row in rows)


def test_everything_enters_by_the_references_to_its_subject(store: Store) -> None:
    for extent in EXTENTS:
        plan = plan_of(store, extent)
        assert "ix_ref_pkey" in plan or "ix_ref USING PRIMARY KEY (target=?" in plan, plan
        assert "SCAN resource" not in plan, plan
        assert "Seq Scan" not in plan, plan
