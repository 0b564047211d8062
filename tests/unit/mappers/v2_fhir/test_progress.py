"""Results out of order: each pair of states and times, 196 cases, and what they come to."""

import pytest

from mappers.path import JsonObject
from mappers.v2_fhir.progress import STATES, carried, goes_back

EARLY, LATE = "2026-01-01T08:00:00+00:00", "2026-01-01T10:00:00+01:00"
TIMES = {
    "later": (EARLY, LATE),
    "earlier": (LATE, EARLY),
    "same": (LATE, LATE),
    "unknown": ("", ""),
}
DONE = ("final", "corrected", "amended")
OVER = ("cancelled", "entered-in-error")
RANK = {"registered": 0, "preliminary": 1, "final": 2, "corrected": 3, "amended": 3}


def expected(stored: str, new: str, time: str) -> bool:
    """Say in other words whether the stored one stays."""
    if new in OVER and stored not in OVER:
        return stored in DONE and time == "earlier"
    if stored in OVER:
        if new == stored:
            return time == "earlier"
        if new in OVER:
            return new == "cancelled"
        return new not in DONE or time != "later"
    if RANK[new] == RANK[stored]:
        return time == "earlier"
    return RANK[new] < RANK[stored]


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("new", STATES)
@pytest.mark.parametrize("stored", STATES)
def test_result_never_goes_back(stored: str, new: str, time: str) -> None:
    before, after = TIMES[time]
    old: JsonObject = {"resourceType": "Observation", "status": stored, "issued": before}
    one: JsonObject = {"resourceType": "Observation", "status": new, "issued": after}
    assert goes_back(old, one) is expected(stored, new, time)


@pytest.mark.parametrize(
    ("stored", "new", "stays"),
    [("partial", "final", False), ("final", "partial", True), ("corrected", "appended", False),
     ("unknown", "preliminary", False)],
)  # fmt: skip
def test_states_of_reports_count_as_those_of_results(stored: str, new: str, stays: bool) -> None:
    report: JsonObject = {"resourceType": "DiagnosticReport", "status": stored}
    assert goes_back(report, {"resourceType": "DiagnosticReport", "status": new}) is stays


def test_final_document_takes_the_place_of_a_partial_one() -> None:
    partial: JsonObject = {"resourceType": "DocumentReference", "docStatus": "preliminary"}
    final: JsonObject = {"resourceType": "DocumentReference", "docStatus": "final"}
    assert not goes_back(partial, final)
    assert goes_back(final, partial)


def test_report_keeps_results_and_documents_a_later_message_leaves_out() -> None:
    one: JsonObject = {"reference": "Observation/1"}
    two: JsonObject = {"reference": "Observation/2"}
    stored: JsonObject = {"resourceType": "DiagnosticReport", "result": [one]}
    stored["presentedForm"] = [{"url": "Binary/1"}]
    new: JsonObject = {"resourceType": "DiagnosticReport", "result": [two]}
    found = carried(stored, new)
    assert found["result"] == [two, one]
    assert found["presentedForm"] == [{"url": "Binary/1"}]
