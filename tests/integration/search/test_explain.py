"""What the databases do with searches: values are looked up, types are not read through."""

import re

import pytest
from sqlalchemy import text

from fhir_server.search.plan import plan_page
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import HERE, create, person, query

SEARCHES = [
    ("Patient", [("identifier", "urn:x|1")], "ix_eq"),
    ("Patient", [("identifier", "urn:x|1,urn:x|2")], "ix_eq"),
    ("Observation", [("subject", "Patient/1"), ("code", "a|b")], "ix_ref"),
    ("Observation", [("subject", "Patient/1"), ("date", "ge2020")], "ix_ref"),
    ("Observation", [("subject", "Patient/1"), ("_sort", "-date")], "ix_ref"),
    ("Patient", [("name", "weber")], "ix_str"),
    ("Patient", [("name", "weber"), ("birthdate", "1980")], "ix_str"),
    ("Patient", [("birthdate", "1980-05")], "ix_date"),
    ("Observation", [("value-quantity", "5.4||mg")], "ix_num"),
    ("Patient", [("_id", "1")], "resource_"),
    ("Observation", [("subject:Patient.name", "weber")], "ix_str"),
    ("Observation", [("subject.name", "weber")], "ix_str"),
    ("Observation", [("subject:Patient.identifier", "a|1"), ("code", "a|b")], "ix_ref"),
    ("Observation", [("subject:Patient.organization.name", "north")], "ix_ref"),
    ("Observation", [("patient", "1"), ("performer.gender", "male")], "ix_ref"),
    ("QuestionnaireResponse", [("questionnaire.title", "mood")], "ix_str"),
    ("QuestionnaireResponse", [("subject", "1"), ("questionnaire.title", "mood")], "ix_ref"),
    ("Patient", [("_has:Observation:patient:identifier", "1")], "ix_eq"),
    ("Patient", [("_has:Observation:patient:code", "a|1"), ("gender", "male")], "ix_ref"),
    ("Patient", [("_has:Observation:patient:_has:AuditEvent:entity:agent", "1")], "ix_ref"),
    ("Questionnaire", [("_has:QuestionnaireResponse:questionnaire:subject", "1")], "ix_ref"),
    ("Patient", [("identifier", "1"), ("_has:Observation:patient:code", "a")], "ix_eq"),
]


def explained(store: Store, type: str, pairs: list[tuple[str, str]]) -> list[str]:
    """Return the steps of a plan on SQLite, in the order they are taken."""
    with store.database.session() as session:
        spelled, values = plan_page(query(type, pairs), HERE).spell(session.spelling)
        return [str(row[3]) for row in session.run(f"EXPLAIN QUERY PLAN {spelled}", values)]


@pytest.mark.parametrize(("type", "pairs", "index"), SEARCHES)
def test_search_enters_by_its_values(
    store: Store, type: str, pairs: list[tuple[str, str]], index: str
) -> None:
    if store.database.dialect == "postgresql":
        assert index in planned(store, type, pairs)
        return
    steps = explained(store, type, pairs)
    assert not [step for step in steps if step.startswith("SCAN")]
    entered = [step for step in steps if step.startswith("SEARCH")]
    rows = [step for step in entered if step.startswith("SEARCH resource")]
    assert all(re.search(r"\b(rowid|fid|self)=\?", step) for step in rows)
    assert any(index in step for step in entered)


def planned(store: Store, type: str, pairs: list[tuple[str, str]]) -> str:
    """Return the plan PostgreSQL makes when it cannot read tables through."""
    with store.database.session() as session:
        session.execute(text("SET enable_seqscan = off"))
        spelled, values = plan_page(query(type, pairs), HERE).spell(session.spelling)
        lines = session.run(f"EXPLAIN {spelled}", values, prepare=False)
        session.execute(text("RESET enable_seqscan"))
    return "\n".join(str(line[0]) for line in lines)


def test_newest_page_is_read_in_order_without_sorting(store: Store) -> None:
    create(store, *(person(number) for number in range(20)))
    for pairs in ([], [("gender", "male")], [("_sort", "-_lastUpdated")]):
        if store.database.dialect == "postgresql":
            assert "Seq Scan on resource" not in planned(store, "Patient", pairs)
        else:
            steps = explained(store, "Patient", pairs)
            assert not [step for step in steps if "TEMP B-TREE" in step]
