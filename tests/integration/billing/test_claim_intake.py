"""Claims of an 837 that arrives: kept where the setting lets them in, once, else set aside."""

from dataclasses import replace

from fhir_server.store.exchanges import of_resource
from tests.integration.billing.practice import CONTEXT, Practice
from tests.unit.mappers.fhir_x12.scenario import scenario


def test_claims_are_set_aside_unless_they_are_let_in(practice: Practice) -> None:
    assert practice.receive(scenario("secondary").written()).state == "set-aside"
    assert practice.all("Claim") == []


def test_claims_are_kept_once_with_what_they_name(practice: Practice) -> None:
    runtime = practice.runtime
    practice.runtime = replace(runtime, settings=replace(runtime.settings, take_claims=True))
    data = scenario("secondary").written()
    assert practice.receive(data).state == "applied"
    (claim,) = practice.all("Claim")
    (answer,) = practice.all("ClaimResponse")
    assert answer["request"] == {"reference": f"Claim/{claim['id']}"}
    with practice.runtime.store.read(CONTEXT) as reader:
        (kept,) = of_resource(reader, "Claim", str(claim["id"]))
    assert kept.body == data
    again = data.replace(b"*000000007*", b"*000000008*").replace(
        b"IEA*1*000000007", b"IEA*1*000000008"
    )
    assert practice.receive(again).state == "applied"
    assert len(practice.all("Claim")) == 1
