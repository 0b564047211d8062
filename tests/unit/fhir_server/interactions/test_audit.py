"""AuditEvents of administration."""

from fhir_server.interactions.audit import Deed, audit_event
from fhir_server.interactions.content import check_content
from fhir_server.validation.structure import Validator
from profiles.loader import load


def test_event_is_valid_and_tells_who_what_and_how_many() -> None:
    deed = Deed("expunge", "Patient/1", {"versions": 3}, {"before": "2026"})
    event = audit_event(deed, "client-1", 1_767_225_600_000_000)
    check_content(event, Validator(load()))
    assert event["recorded"] == "2026-01-01T00:00:00.000000Z"
    assert event["entity"] == [
        {
            "what": {"reference": "Patient/1"},
            "detail": [
                {"type": "before", "valueString": "2026"},
                {"type": "versions", "valueString": "3"},
            ],
        }
    ]
    assert "client-1" in str(event["agent"])


def test_event_about_many_names_them() -> None:
    event = audit_event(Deed("purge-history", "system", {}, {}), "c", 0)
    assert event["entity"] == [{"name": "system"}]
    check_content(event, Validator(load()))
