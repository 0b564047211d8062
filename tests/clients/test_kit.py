"""fhir-kit-client, for Node, against a running server."""

import pytest

from tests.clients.kit import find_kit
from tests.integration.server import Server


def test_fhir_kit_client_drives_the_server(server: Server, tag: str) -> None:
    kit = find_kit()
    if kit is None:
        pytest.skip("fhir-kit-client is not installed: it takes node and npm")
    assert kit.story(server.base, server.token, tag) == {
        "fhirVersion": "4.0.1",
        "created": "1",
        "read": True,
        "updated": "2",
        "patched": [False, "3"],
        "vread": True,
        "history": 3,
        "paged": [2, 4],
        "included": ["match", "include"],
        "posted": 1,
        "transaction": ["201", "201"],
        "invalid": {"status": 422, "type": "OperationOutcome"},
        "unknown": {"status": 400, "type": "OperationOutcome"},
        "gone": {"status": 410, "type": "OperationOutcome"},
        "stranger": {"status": 401, "type": "OperationOutcome"},
    }
