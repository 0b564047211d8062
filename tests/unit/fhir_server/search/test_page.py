from datetime import UTC, datetime

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import Context
from fhir_server.search.listed import joined
from fhir_server.search.moment import Moment
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.query import Query, Total
from fhir_server.search.statement import Plan
from tests.unit.fhir_server.search.sample import EXTRACTOR, observation, options, query

HERE = Context()


def version(resource: JsonObject, rid: int) -> Version:
    kind, id = str(resource["resourceType"]), str(resource["id"])
    updated = datetime(2020, 1, 1, tzinfo=UTC)
    return Version(rid, kind, id, 1, updated, False, "create", encode(resource))


class Answers:
    """Answers statements from a list, and keeps them."""

    def __init__(self, *answers: list[Version]) -> None:
        self.answers = list(answers)
        self.plans: list[Plan] = []

    def led(self, query: Query) -> Query:
        return query

    def search(self, plan: Plan) -> list[Version]:
        self.plans.append(plan)
        return self.answers.pop(0)

    def marked(self, plan: Plan) -> tuple[list[Version], Moment | None]:
        found = self.search(plan)
        return found, Moment(1, "1") if found else None

    def tally(self, plan: Plan) -> int:
        self.plans.append(plan)
        return 42


def observed(rid: int, patient: int) -> Version:
    subject: JsonObject = {"reference": f"Patient/{patient}"}
    return version(observation(subject=subject) | {"id": f"o{rid}"}, rid)


def patient(rid: int) -> Version:
    return version({"resourceType": "Patient", "id": str(rid)}, 100 + rid)


def test_count_reads_no_rows() -> None:
    reads = Answers()
    page = find_page(query("Observation", ("_summary", "count")), HERE, EXTRACTOR, reads)
    assert (page.matches, page.total, page.next) == ((), Total(42), None)
    assert len(reads.plans) == 1


def test_last_page_has_no_next() -> None:
    reads = Answers([observed(2, 1), observed(1, 1)])
    page = find_page(query("Observation", ("_count", "2")), HERE, EXTRACTOR, reads)
    assert [one.rid for one in page.matches] == [2, 1]
    assert page.next is None


def test_next_begins_behind_the_last_match() -> None:
    reads = Answers([observed(3, 1), observed(2, 1), observed(1, 1)])
    asked = query("Observation", ("_count", "2"))
    page = find_page(asked, HERE, EXTRACTOR, reads)
    assert [one.rid for one in page.matches] == [3, 2]
    assert page.next is not None
    following = query("Observation", *page.next, given=Options(1))
    assert following.cursor is not None
    assert following.cursor.after == 2
    assert following.parameters == asked.parameters


def test_includes_are_one_statement_and_come_once() -> None:
    reads = Answers([observed(3, 1), observed(2, 2), observed(1, 1)], [patient(1), patient(2)])
    asked = query(
        "Observation", ("_include", "Observation:subject"), ("_include", "Observation:patient")
    )
    page = find_page(asked, HERE, EXTRACTOR, reads)
    assert [one.id for one in page.included] == ["1", "2"]
    assert len(reads.plans) == 2


def test_included_types_are_those_asked_for() -> None:
    reads = Answers([observed(3, 1)])
    asked = query("Observation", ("_include", "Observation:subject:Group"))
    assert find_page(asked, HERE, EXTRACTOR, reads).included == ()


def test_matches_do_not_come_along_again() -> None:
    match = version(observation(hasMember=[{"reference": "Observation/1"}]), 9)
    reads = Answers([match], [])
    asked = query("Observation", ("_include", "Observation:has-member"))
    assert find_page(asked, HERE, EXTRACTOR, reads).included == ()
    assert joined([9]) in reads.plans[1].values.values()


def test_all_includes_of_a_round_are_one_statement() -> None:
    reads = Answers([patient(1), patient(2)], [observed(5, 1)])
    asked = query(
        "Patient", ("_revinclude", "Observation:subject"), ("_revinclude", "Observation:patient")
    )
    page = find_page(asked, HERE, EXTRACTOR, reads)
    assert [one.id for one in page.included] == ["o5"]
    assert len(reads.plans) == 2


def test_no_matches_need_no_includes() -> None:
    reads = Answers([])
    asked = query("Patient", ("_revinclude", "Observation:subject"))
    assert find_page(asked, HERE, EXTRACTOR, reads).included == ()


def test_cut_includes_are_told() -> None:
    found = [observed(number, 1) for number in range(9, 5, -1)]
    reads = Answers([patient(1)], found)
    asked = query("Patient", ("_revinclude", "Observation:subject"))
    page = find_page(asked, HERE, EXTRACTOR, reads)
    assert (len(page.included), page.notes) == (4, ())
    limited = Answers([patient(1)], found[:3])
    cut = query("Patient", ("_revinclude", "Observation:subject"), given=few_includes())
    page = find_page(cut, HERE, EXTRACTOR, limited)
    assert len(page.included) == 2
    assert [note.detail for note in page.notes] == ["include-limit"]


def few_includes() -> Options:
    return Options(0, include_limit=2)


def test_ignored_parameters_are_told() -> None:
    asked = query("Patient", ("nothing", "1"), given=options(lenient=True))
    (note,) = find_page(asked, HERE, EXTRACTOR, Answers([])).notes
    assert (note.severity, note.detail) == ("warning", "unknown-parameter")
    assert "nothing" in note.diagnostics
