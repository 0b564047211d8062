"""The official examples and Synthea's bundles against the validator.

Source: https://hl7.org/fhir/R4/downloads.html (examples of 4.0.1).
"""

from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Issue
from fhir_server.validation.erratum import ERRATA
from fhir_server.validation.finding import Findings
from fhir_server.validation.structure import Validator
from fhir_server.validation.value import Values
from fhir_server.validation.walk import Walk
from profiles.loader import load
from tests.conformance.material import example_lines, examples, needs_material, synthea_bundles

pytestmark = needs_material
DEFINITIONS = load()
VALIDATOR = Validator(DEFINITIONS)

WARNED = {row.example: {("warning", "missing-required")} for row in ERRATA}
"""Examples that break R4 themselves: what is said about them, though they are accepted."""


def walked(resource: JsonObject) -> list[Issue]:
    findings = Findings([])
    Walk(DEFINITIONS, findings, Values(DEFINITIONS, findings), lambda _: False).resource(
        resource, str(resource["resourceType"])
    )
    return findings.issues


def test_all_official_examples_are_accepted() -> None:
    told = {
        f"{resource['resourceType']}/{resource['id']}": {
            (issue.severity, issue.detail) for issue in issues
        }
        for resource in examples()
        if (issues := VALIDATOR.check(resource))
    }
    assert told == WARNED


def test_erratum_is_for_display_items_alone() -> None:
    for kind, severity in (("display", "warning"), ("group", "error"), ("string", "error")):
        item: JsonValue = [{"type": kind, "text": "t"}]
        questionnaire: JsonObject = {
            "resourceType": "Questionnaire",
            "status": "draft",
            "item": item,
        }
        (issue,) = VALIDATOR.check(questionnaire)
        assert (issue.severity, issue.expression) == (severity, "Questionnaire.item[0].linkId")
    (issue,) = VALIDATOR.check({"resourceType": "Questionnaire", "item": []})[:1]
    assert issue.severity == "error"


def test_official_examples_are_written_as_they_were_read() -> None:
    for resource in examples():
        again = decode(encode(resource))
        assert again == resource
        assert encode(again) == encode(resource)


def test_compact_text_of_an_example_is_kept_to_the_byte() -> None:
    compact = [line for line in example_lines() if rb"\u" not in line and rb"\/" not in line]
    kept = [line for line in compact if encode(decode(line)) == line]
    assert len(kept) == len(compact) > 100


def test_walk_agrees_with_the_schema_on_every_example() -> None:
    for resource in examples():
        if VALIDATOR.accepts(resource):
            assert walked(resource) == []


def test_walk_alone_accepts_what_is_accepted() -> None:
    refused = [r for r in examples() if walked(r)]
    assert len(refused) == len(WARNED)


def test_synthea_bundles_are_accepted() -> None:
    bundles = synthea_bundles()
    assert sum(len(entries(bundle)) for bundle in bundles) == 5970
    for bundle in bundles:
        assert VALIDATOR.check(bundle) == ()


def test_synthea_resources_are_accepted_by_the_schema_alone() -> None:
    resources = [entry["resource"] for bundle in synthea_bundles() for entry in entries(bundle)]
    slow = [r for r in resources if not (isinstance(r, dict) and VALIDATOR.accepts(r))]
    assert slow == []


def entries(bundle: JsonObject) -> list[JsonObject]:
    listed = bundle["entry"]
    assert isinstance(listed, list)
    return [entry for entry in listed if isinstance(entry, dict)]
