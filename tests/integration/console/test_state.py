"""The counts of the state page."""

from fhir_server.console.state import read_counts, read_state
from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.write import Create


def claim(state: str = "") -> JsonObject:
    extension: JsonObject = {"extension": [{"url": CLAIM_STATE, "valueCode": state}]}
    return {"resourceType": "Claim", "status": "active", **(extension if state else {})}


def test_claims_are_counted_by_state_and_unmoved_ones_as_drafts(migrated_url: str) -> None:
    runtime = Runtime.build(Settings(database_url=migrated_url))
    with runtime.store.write(Context()) as work:
        made = [claim(), claim(), claim("sent"), claim("paid"), claim("paid")]
        work.apply([Create("Claim", one) for one in made])
    counts = read_counts(runtime)
    assert counts.resources == {"Claim": 5}
    assert counts.claims == {"draft": 2, "sent": 1, "paid": 2}
    assert read_state(runtime).is_ready
    runtime.store.database.close()
