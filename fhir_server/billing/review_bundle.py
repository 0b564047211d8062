"""The response Bundle of Da Vinci PAS: responses as stored, whom and what they speak of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.review_keeping import KeptReview
from fhir_server.billing.review_shown import Shown
from fhir_server.billing.review_stored import Stored
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Issue
from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_bundle import Unbundled
from mappers.path import read

WARNINGS = "warnings"


@dataclass(frozen=True, slots=True)
class Asked:
    """A Bundle that may be asked: taken apart, and the partner that reaches its payer."""

    bundle: JsonObject
    found: Unbundled
    partner: Partner
    doubts: tuple[Issue, ...]

    @property
    def reference(self) -> str:
        """The number of the Bundle at its sender: BHT03."""
        return str(next(iter(read(self.bundle, "identifier.value")), ""))[:50]


def answer_bundle(
    asked: Asked,
    responses: Sequence[Stored],
    kept: KeptReview,
    base: str,
    doubts: Sequence[Issue],
    profile: str = pas.RESPONSE_BUNDLE,
) -> JsonObject:
    """Return the response Bundle.

    What the request Bundle brought comes back under the fullUrl it had there. What the payer was
    not told is an OperationOutcome of warnings at the end.
    """
    urls, resources = asked.found.urls, asked.found.resources
    back = {target: key for key, target in kept.targets.items()}
    entries: list[JsonValue] = []
    needed: dict[str, None] = {}
    for stored in responses:
        own = {f"{one['resourceType']}/{one.get('id', '')}": one for one in _all(stored)}
        names = {key: _url(one, stored, base) for key, one in own.items()}
        shown = Shown(back, {**urls, **names}, base)
        entries += [
            {"fullUrl": names[key], "resource": shown.resource(one)} for key, one in own.items()
        ]
        needed |= shown.needed
    entries += [
        {"fullUrl": urls.get(key, f"{base}/{key}"), "resource": resources[key]}
        for key in needed
        if key in resources
    ]
    warnings = [*asked.doubts, *doubts]
    if warnings:
        listed: list[JsonValue] = [_issue(one) for one in warnings]
        outcome: JsonObject = {
            "resourceType": "OperationOutcome",
            "id": WARNINGS,
            "issue": listed,
        }
        entries.append({"fullUrl": f"{base}/OperationOutcome/{WARNINGS}", "resource": outcome})
    made: JsonObject = {
        "resourceType": "Bundle",
        "meta": {"profile": [profile]},
        "identifier": asked.bundle["identifier"],
        "type": "collection",
        "timestamp": next(
            (one for stored in responses for one in read(stored.response, "created")),
            asked.bundle["timestamp"],
        ),
    }
    return {**made, "entry": entries} if entries else made


def _all(stored: Stored) -> Sequence[JsonObject]:
    return (stored.response, *stored.requests)


def _url(resource: JsonObject, stored: Stored, base: str) -> str:
    """Return the address of a resource; one of an answer that is not stored here has none."""
    name = f"{resource['resourceType']}/{resource.get('id', '')}"
    if "id" in stored.response:
        return f"{base}/{name}"
    traces = read(stored.response, "identifier.value")
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'review-answer/{traces}/{name}')}"


def _issue(issue: Issue) -> JsonObject:
    made: JsonObject = {
        "severity": issue.severity,
        "code": issue.code,
        "diagnostics": issue.diagnostics,
    }
    return {**made, "expression": [issue.expression]} if issue.expression else made
