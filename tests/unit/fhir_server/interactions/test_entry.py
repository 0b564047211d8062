"""Entries of bundles, and errors that name them."""

import pytest

from fhir_server.interactions.entry import bundle_entries, bundle_type, read_entry
from fhir_server.interactions.entry_error import about, move_issue
from fhir_server.model.resource import JsonValue
from fhir_server.outcome import BadRequest, FhirError, Issue, PreconditionFailed, TooLarge


def is_type(name: str) -> bool:
    return name == "Patient"


def test_entry_has_its_conditions_as_headers() -> None:
    entry = read_entry(
        4,
        {
            "fullUrl": "urn:uuid:1",
            "resource": {"resourceType": "Patient"},
            "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=1"},
        },
        "",
        is_type,
    )
    assert entry.method == "POST"
    assert entry.full_url == "urn:uuid:1"
    assert entry.header("if-none-exist") == "identifier=1"
    assert entry.header("if-match") is None
    assert entry.place == "Bundle.entry[4]"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("text", "Bundle.entry[2]"),
        ({}, "Bundle.entry[2].request"),
        ({"request": []}, "Bundle.entry[2].request"),
        (
            {
                "request": {"method": "PUT", "url": "Patient/1"},
                "fullUrl": "http://x.example/Patient/1/_history/1",
            },
            "Bundle.entry[2].fullUrl",
        ),
        ({"request": {"url": "Patient"}}, "Bundle.entry[2].request.method"),
        ({"request": {"method": "TRACE", "url": "x"}}, "Bundle.entry[2].request.method"),
        ({"request": {"method": "GET", "url": 1}}, "Bundle.entry[2].request.url"),
        ({"request": {"method": "GET", "url": "Nothing/1"}}, "Bundle.entry[2]"),
        (
            {"request": {"method": "POST", "url": "Patient"}, "resource": []},
            "Bundle.entry[2].resource",
        ),
    ],
)
def test_wrong_entry_is_refused_by_place(value: JsonValue, place: str) -> None:
    with pytest.raises(FhirError) as refused:
        read_entry(2, value, "", is_type)
    assert refused.value.issues[0].expression == place
    assert refused.value.status in {400, 404}


def test_only_batch_and_transaction_are_carried_out() -> None:
    assert bundle_type({"type": "batch"}) == "batch"
    assert bundle_type({"type": "transaction"}) == "transaction"
    with pytest.raises(BadRequest):
        bundle_type({"type": "collection"})


def test_entries_are_a_list_within_the_limit() -> None:
    assert bundle_entries({}, 1) == []
    with pytest.raises(BadRequest):
        bundle_entries({"entry": {}}, 1)
    with pytest.raises(TooLarge):
        bundle_entries({"entry": [{}, {}]}, 1)


def test_error_tells_the_entry_and_keeps_its_kind() -> None:
    with pytest.raises(PreconditionFailed) as refused, about(3):
        raise PreconditionFailed("does not hold", detail="if-match")
    issue = refused.value.issues[0]
    assert issue.expression == "Bundle.entry[3]"
    assert issue.detail == "if-match"
    assert issue.diagnostics.startswith("Bundle.entry[3]")


def test_issue_of_a_resource_is_told_inside_the_bundle() -> None:
    issue = Issue("error", "value", "Patient.gender: no", "Patient.gender", "bad-code")
    assert move_issue(issue, 1).expression == "Bundle.entry[1].resource.gender"
    whole = Issue("error", "value", "no", "Patient")
    assert move_issue(whole, 1).expression == "Bundle.entry[1].resource"
    placed = Issue("error", "value", "no", "Bundle.entry[0].request")
    assert move_issue(placed, 0) is placed
