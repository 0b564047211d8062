"""People brought together by ADT, and apart again, on both databases."""

import pytest

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest
from fhir_server.operations.unmerge import unmerge
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.worker import run_one
from mappers.path import read
from tests.integration.intake.message import (
    HERE,
    admit,
    found,
    kept,
    message,
    result,
    sole,
    take,
    versions,
)


def pid(number: str, name: str = "Quill") -> str:
    return f"PID|1||{number}^^^TESTLAB^MR||{name}^Nora^J||19900412|F"


def merge(survivor: str, prior: str, control: str, event: str = "A40") -> bytes:
    named = f"MRG|{prior}^^^TESTLAB^MR"
    return message(f"ADT^{event}^ADT_A39", control, f"EVN|{event}|20261120", pid(survivor), named)


def person(runtime: Runtime, number: str) -> JsonObject:
    """Return the Patient whose own number it is."""
    return sole(
        [
            one
            for one in found(runtime, "Patient")
            if number in read(one, "identifier.value")
            and read(one, "identifier.use") in ([], ["old"] * (len(read(one, "identifier")) - 1))
            and read(one, "identifier[0].value") == [number]
        ]
    )


def work_off(runtime: Runtime) -> None:
    while run_one(runtime):
        pass


def subjects(runtime: Runtime) -> set[str]:
    return {str(read(one, "subject.reference")[0]) for one in found(runtime, "Observation")}


def both(runtime: Runtime) -> tuple[str, str]:
    """Make A and B, B with a result; return their references."""
    take(admit("A31", "1", pid("A"), ""), runtime)
    take(result("2", "F", "4.2", patient=pid("B")), runtime)
    return (f"Patient/{person(runtime, 'A')['id']}", f"Patient/{person(runtime, 'B')['id']}")


def test_merge_links_both_and_makes_what_refers_to_the_prior_refer_to_the_survivor(
    runtime: Runtime,
) -> None:
    a, b = both(runtime)
    assert take(merge("A", "B", "3"), runtime).code == "AA"
    survivor, prior = person(runtime, "A"), person(runtime, "B")
    assert survivor["link"] == [{"other": {"reference": b}, "type": "replaces"}]
    assert read(survivor, "identifier.value") == ["A", "B"]
    assert read(survivor, "identifier.use") == ["old"]
    assert prior["link"] == [{"other": {"reference": a}, "type": "replaced-by"}]
    assert prior["active"] is False
    work_off(runtime)
    assert subjects(runtime) == {a}
    told = sole(found(runtime, "Provenance", entity=b))
    assert {str(one).partition("/")[0] for one in read(told, "target.reference")} >= {
        "Observation",
        "DiagnosticReport",
    }
    assert len(found(runtime, "Observation", patient=a)) == 1


def test_message_for_the_old_number_is_about_the_survivor(runtime: Runtime) -> None:
    a, _ = both(runtime)
    take(merge("A", "B", "3"), runtime)
    assert take(result("4", "F", "5.0", patient=pid("B"), order="F2"), runtime).code == "AA"
    assert take(admit("A08", "5", pid("B", "Plume")), runtime).code == "AA"
    assert person(runtime, "A")["name"] == [
        {"family": "Plume", "given": ["Nora", "J"]},
    ]
    assert person(runtime, "B")["active"] is False
    assert str(read(sole(found(runtime, "Encounter")), "subject.reference")[0]) == a
    work_off(runtime)
    assert subjects(runtime) == {a}


def test_prior_nobody_knows_leaves_a_trace_that_leads_to_the_survivor(runtime: Runtime) -> None:
    take(merge("A", "B", "1"), runtime)
    a = f"Patient/{person(runtime, 'A')['id']}"
    assert person(runtime, "B")["active"] is False
    take(result("2", "F", patient=pid("B")), runtime)
    assert subjects(runtime) == {a}


def test_merge_told_twice_changes_nothing(runtime: Runtime) -> None:
    both(runtime)
    take(merge("A", "B", "3"), runtime)
    work_off(runtime)
    before = versions(runtime)
    assert take(merge("A", "B", "4"), runtime).code == "AA"
    work_off(runtime)
    assert versions(runtime) == before


def test_merge_sent_with_both_swapped_goes_to_the_error_queue(runtime: Runtime) -> None:
    both(runtime)
    take(merge("A", "B", "3"), runtime)
    assert take(merge("B", "A", "4"), runtime).code == "AE"
    assert (kept(runtime)[-1].report or {})["reason"] == (
        "PID-3: who is to remain was merged into the one to be merged before"
    )


def test_chain_is_flat(runtime: Runtime) -> None:
    both(runtime)
    take(merge("B", "C", "3"), runtime)
    take(merge("A", "B", "4"), runtime)
    a = f"Patient/{person(runtime, 'A')['id']}"
    for number in ("B", "C"):
        links = read(person(runtime, number), "link[type=replaced-by].other.reference")
        assert links == [a]
    take(result("5", "F", "5.0", patient=pid("C"), order="F2"), runtime)
    work_off(runtime)
    assert subjects(runtime) == {a}


@pytest.mark.parametrize("way", ["A37", "operation"])
def test_undone_merge_points_everything_where_it_pointed(runtime: Runtime, way: str) -> None:
    a, b = both(runtime)
    take(result("0", "F", "6.0", patient=pid("A"), order="F9"), runtime)
    before = {
        str(one["id"]): read(one, "subject.reference") for one in found(runtime, "Observation")
    }
    people = [person(runtime, one) for one in ("A", "B")]
    take(merge("A", "B", "3"), runtime)
    work_off(runtime)
    if way == "A37":
        unlink = message("ADT^A37^ADT_A37", "4", "EVN|A37|20261121", pid("A"), pid("B"))
        assert take(unlink, runtime).code == "AA"
    else:
        asked = FhirRequest("POST", HERE, "", type="Patient", id=b.partition("/")[2])
        answer = unmerge(asked, runtime)
        told = decode(answer.body or b"{}")
        assert set(read(told, "parameter.valueReference.reference")) == {a, b}
        with pytest.raises(Conflict):
            unmerge(asked, runtime)
    work_off(runtime)
    after = {
        str(one["id"]): read(one, "subject.reference") for one in found(runtime, "Observation")
    }
    assert after == before
    for was, number in zip(people, ("A", "B"), strict=True):
        now = person(runtime, number)
        assert {name: now.get(name) for name in ("identifier", "active", "link", "name")} == (
            {name: was.get(name) for name in ("identifier", "active", "link", "name")}
        )


def test_moved_visit_takes_what_is_told_of_it_along(runtime: Runtime) -> None:
    take(admit("A31", "1", pid("A"), ""), runtime)
    visit = "PV1|1|I|W^1^2||||||||||||||||V1^^^TESTLAB^VN"
    dg1 = "DG1|1||F10.20^Alcohol^I10C|||A"
    event = "EVN|A01|20261120101500"
    take(message("ADT^A01^ADT_A01", "2", event, pid("B"), visit, dg1), runtime)
    take(result("3", "F", "4.2", patient=pid("B")), runtime)
    a, b = (f"Patient/{person(runtime, one)['id']}" for one in ("A", "B"))
    moved = message(
        "ADT^A45^ADT_A45",
        "4",
        "EVN|A45|20261121",
        pid("A"),
        "MRG|B^^^TESTLAB^MR||||V1^^^TESTLAB^VN",
        visit,
    )
    assert take(moved, runtime).code == "AA"
    work_off(runtime)
    assert read(sole(found(runtime, "Encounter")), "subject.reference") == [a]
    assert read(sole(found(runtime, "Condition")), "subject.reference") == [a]
    assert subjects(runtime) == {b}
    assert person(runtime, "B").get("active") is not False
