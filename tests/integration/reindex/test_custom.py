"""A SearchParameter that is stored makes its types searchable by it, once its job is done."""

from dataclasses import replace

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import Invalid, NotReady, UnknownParameter
from fhir_server.runtime import Runtime
from tests.integration.reindex.site import (
    all_jobs,
    ask,
    definition,
    found,
    index_rows,
    patient,
    post,
    put,
    remove,
    work_off,
)


def test_stored_and_new_resources_are_found_once_the_job_is_done(runtime: Runtime) -> None:
    old = post(runtime, patient("cat"))["id"]
    post(runtime, patient("dog"))
    post(runtime, definition())
    new = post(runtime, patient("cat"))["id"]
    (job,) = work_off(runtime)
    assert job.state == "done"
    assert job.result is not None
    assert (job.result["total"], job.result["processed"], job.result["failed"]) == (3, 3, 0)
    assert found(runtime, "Patient?pet=cat") == [new, old]
    assert len(found(runtime, "Patient?pet=dog")) == 1


def test_search_is_refused_with_the_job_and_its_progress_until_then(runtime: Runtime) -> None:
    post(runtime, patient("cat"))
    post(runtime, definition())
    (job,) = all_jobs(runtime)
    for query in ("Patient?pet=cat", "Patient?pet:missing=true", "Patient?_sort=pet"):
        with pytest.raises(NotReady, match=rf"pet of Patient .* job {job.id}, queued") as refused:
            ask(runtime, query)
        assert 400 <= refused.value.status < 500
    work_off(runtime)
    assert len(found(runtime, "Patient?pet=cat")) == 1


def test_draft_and_retired_ones_are_stored_and_not_searched_by(runtime: Runtime) -> None:
    for status in ("draft", "retired", "unknown"):
        post(runtime, definition(status, status=status, expression="nonsense("))
        with pytest.raises(UnknownParameter):
            ask(runtime, f"Patient?{status}=cat")
    assert all_jobs(runtime) == []


@pytest.mark.parametrize("end", ["delete", "retire"])
def test_end_of_a_parameter_removes_its_rows(runtime: Runtime, end: str) -> None:
    kept = post(runtime, patient("cat"))
    before = index_rows(runtime)
    parameter = post(runtime, definition())
    work_off(runtime)
    assert index_rows(runtime) != before
    if end == "delete":
        remove(runtime, parameter)
    else:
        put(runtime, parameter | {"status": "retired"})
    with pytest.raises(UnknownParameter):
        ask(runtime, "Patient?pet=cat")
    put(runtime, patient("dog", id=kept["id"]))  # the rows of the cat are those of an old version
    assert {job.state for job in work_off(runtime)} == {"done"}
    if end == "delete":
        assert len(index_rows(runtime)["ix_eq"]) == len(before["ix_eq"])


def test_rows_after_the_end_are_those_before_the_beginning(runtime: Runtime) -> None:
    draft = post(runtime, definition(status="draft"))
    kept = post(runtime, patient("cat"))
    before = index_rows(runtime)
    put(runtime, draft | {"status": "active"})
    put(runtime, patient("dog", id=kept["id"]))
    work_off(runtime)
    put(runtime, patient("bird", id=kept["id"]))
    put(runtime, draft | {"status": "draft"})
    put(runtime, patient("fish", id=kept["id"]))
    work_off(runtime)
    after = index_rows(runtime)
    assert [len(rows) for rows in after.values()] == [len(rows) for rows in before.values()]


def test_changed_definition_answers_by_the_new_one_alone(runtime: Runtime) -> None:
    cat = post(runtime, patient("cat", gender="female"))["id"]
    parameter = post(runtime, definition())
    work_off(runtime)
    put(runtime, parameter | {"expression": "Patient.gender"})
    with pytest.raises(NotReady):
        ask(runtime, "Patient?pet=female")
    work_off(runtime)
    assert found(runtime, "Patient?pet=female") == [cat]
    assert found(runtime, "Patient?pet=cat") == []


@pytest.mark.parametrize(
    ("base", "expression"),
    [("Resource", "Resource.language"), ("DomainResource", "DomainResource.text.status")],
)
def test_inherited_base_is_that_of_every_type(runtime: Runtime, base: str, expression: str) -> None:
    members: JsonObject = {
        "language": "generated",
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'},
    }
    one = post(runtime, {"resourceType": "Patient", **members})["id"]
    other = post(runtime, {"resourceType": "Organization", "name": "A", **members})["id"]
    post(runtime, definition("told", base=[base], expression=expression))
    work_off(runtime)
    assert found(runtime, "Patient?told=generated") == [one]
    assert found(runtime, "Organization?told=generated") == [other]


def test_it_sorts_chains_and_includes_like_any_other(runtime: Runtime) -> None:
    first = post(runtime, patient(birthDate="1980-01-01"))["id"]
    second = post(runtime, patient(birthDate="1970-01-01"))["id"]
    third = post(runtime, patient())["id"]
    post(runtime, definition("born", type="date", expression="Patient.birthDate"))
    post(
        runtime,
        definition("kin", type="reference", expression="Patient.link.other", target=["Patient"]),
    )
    linked = patient(link=[{"other": {"reference": f"Patient/{first}"}, "type": "seealso"}])
    fourth = post(runtime, linked)["id"]
    work_off(runtime)
    assert found(runtime, "Patient?_sort=born&born:missing=false") == [second, first]
    assert set(found(runtime, "Patient?born:missing=true")) == {third, fourth}
    assert found(runtime, "Patient?kin=" + str(first)) == [fourth]
    assert found(runtime, f"Patient?_id={fourth}&_include=Patient:kin") == [fourth, first]
    assert found(runtime, f"Patient?_id={first}&_revinclude=Patient:kin") == [first, fourth]


@pytest.mark.parametrize(
    ("members", "says", "element"),
    [
        ({"expression": "Patient.nonsense"}, "character 9: nonsense is no member", "expression"),
        ({"expression": "Patient.name.where("}, r"'Patient.name.where\('.*character", "expression"),
        (
            {"expression": "Patient.name.first()"},
            r"character \d+: the function first",
            "expression",
        ),
        ({"expression": "Observation.code"}, "says nothing about Patient", "expression"),
        ({"code": "birthdate"}, "Patient has a search parameter birthdate already", "code"),
        ({"code": "a.b"}, "a code begins with a letter", "code"),
        ({"code": "_mine"}, "a code begins with a letter", "code"),
        ({"type": "special"}, "type special", "type"),
        ({"type": "composite"}, "two components", "component"),
        ({"type": "date", "expression": "Patient.name"}, "hold no date in Patient", "type"),
    ],
)
def test_active_parameter_that_cannot_work_is_refused(
    runtime: Runtime, members: dict[str, str], says: str, element: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        post(runtime, definition(**{"code": "mine", **members}))
    assert refused.value.status == 422
    assert refused.value.issues[0].expression == f"SearchParameter.{element}"


def test_code_and_url_of_another_are_refused(runtime: Runtime) -> None:
    first = post(runtime, definition())
    with pytest.raises(
        Invalid, match=f"SearchParameter/{first['id']} gives Patient a parameter pet"
    ):
        post(runtime, definition(url="http://example.org/other"))
    with pytest.raises(Invalid, match=f"SearchParameter/{first['id']} has this URL already"):
        post(runtime, definition(code="other", url=str(first["url"])))
    remove(runtime, first)
    post(runtime, definition(url="http://example.org/other"))


def test_standard_parameter_written_out_again_changes_nothing(runtime: Runtime) -> None:
    standard = "http://hl7.org/fhir/SearchParameter/individual-birthdate"
    post(runtime, definition("birthdate", derivedFrom=standard, expression="Patient.name"))
    born = post(runtime, patient(birthDate="1980-01-01"))["id"]
    assert all_jobs(runtime) == []
    assert found(runtime, "Patient?birthdate=1980-01-01") == [born]


def test_tenants_have_parameters_of_their_own(runtime: Runtime) -> None:
    post(runtime, definition())
    elsewhere = replace(runtime, settings=replace(runtime.settings, tenant=2))
    with pytest.raises(UnknownParameter):
        ask(elsewhere, "Patient?pet=cat", Context(tenant=2))
    post(elsewhere, definition(expression="Patient.gender"), Context(tenant=2))
    work_off(runtime)
    other = post(elsewhere, patient("cat", gender="male"), Context(tenant=2))["id"]
    assert found(elsewhere, "Patient?pet=male", Context(tenant=2)) == [other]
    assert found(runtime, "Patient?pet=male") == []


def test_end_of_a_composite_leaves_the_rows_it_shared(runtime: Runtime) -> None:
    standard = "http://hl7.org/fhir/SearchParameter"
    component: JsonObject = {
        "code": {"coding": [{"system": "s", "code": "a"}]},
        "valueQuantity": {"value": 5},
    }
    seen = post(
        runtime,
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "x"},
            "component": [component],
        },
    )["id"]
    part: JsonObject = {
        "definition": f"{standard}/Observation-component-code",
        "expression": "code",
    }
    other: JsonObject = {
        "definition": f"{standard}/Observation-component-value-quantity",
        "expression": "value.as(Quantity)",
    }
    mine = definition(
        "mine",
        base=["Observation"],
        type="composite",
        expression="Observation.component",
        component=[part, other],
    )
    before = index_rows(runtime)
    parameter = post(runtime, mine)
    work_off(runtime)
    assert found(runtime, "Observation?mine=s|a$5") == [seen]
    assert found(runtime, "Observation?mine=s|a$6") == []
    remove(runtime, parameter)
    assert {job.state for job in work_off(runtime)} == {"done"}
    assert index_rows(runtime) == before
    assert found(runtime, "Observation?component-code-value-quantity=s|a$5") == [seen]
