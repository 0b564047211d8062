"""What a person reads after a load."""

from fhir_server.bulk.load import Refusal, Report
from fhir_server.cli.data import ISSUES, SHOWN, issue_line, report_json, report_text
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject

ISSUE: JsonObject = {"diagnostics": "is required", "expression": ["Patient.name"]}


def refusal(line: int = 3, issues: int = 1) -> Refusal:
    return Refusal("a.ndjson", line, "Patient", "p", (ISSUE,) * issues)


def test_report_names_place_resource_and_path() -> None:
    assert report_text(Report(7, [refusal()])).splitlines() == [
        "a.ndjson:3: Patient/p refused",
        "    Patient.name: is required",
        "7 loaded, 1 refused",
    ]


def test_file_of_one_text_has_no_line() -> None:
    assert report_text(Report(0, [refusal(line=0)])).startswith("a.ndjson: Patient/p refused\n")


def test_text_without_a_type_is_no_resource() -> None:
    unread = Refusal("a.json", 0, "", "", ({"diagnostics": "the body is not JSON"},))
    assert report_text(Report(0, [unread])).splitlines()[:2] == [
        "a.json: not a resource refused",
        "    the body is not JSON",
    ]


def test_path_is_not_told_twice() -> None:
    told = {**ISSUE, "diagnostics": "Patient.name: is required"}
    assert issue_line(told) == "Patient.name: is required"


def test_long_reports_say_how_much_they_leave_out() -> None:
    text = report_text(Report(0, [refusal(issues=ISSUES + 2)] * (SHOWN + 3)))
    assert text.count("... and 2 more\n") == SHOWN
    assert "... and 3 more; --json tells all" in text
    assert text.endswith(f"0 loaded, {SHOWN + 3} refused")


def test_report_for_a_machine_leaves_nothing_out() -> None:
    report = decode(report_json(Report(1, [refusal(issues=ISSUES + 2)] * (SHOWN + 3))).encode())
    assert isinstance(report["refused"], list)
    assert len(report["refused"]) == SHOWN + 3
    assert report["refused"][0]["issues"] == [ISSUE] * (ISSUES + 2)  # type: ignore[call-overload, index]
