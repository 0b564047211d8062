"""Many claims in one interchange: levels shared, a bad one left out, the others sent."""

from dataclasses import replace

from fhir_server.billing.batch import batch, by_kind
from fhir_server.model.partner import Batch
from mappers.path import JsonObject
from mappers.x12.reader import read
from tests.integration.billing.practice import CASCADE, now
from tests.unit.mappers.fhir_x12.case import dependent, subscriber


def numbered(claim: JsonObject, number: str) -> JsonObject:
    return claim | {"identifier": [{"value": number}]}


def three() -> tuple[dict[str, JsonObject], dict[str, JsonObject]]:
    """Return two claims of one subscriber with one of a dependent between them."""
    own, child = subscriber(), dependent()
    resources = {**own.resources, **child.resources}
    resources["Coverage/own"] = subscriber().resources["Coverage/nora"] | {"id": "own"}
    insurance: JsonObject = {
        "sequence": 1,
        "focal": True,
        "coverage": {"reference": "Coverage/own"},
    }
    mine = own.claim | {"insurance": [insurance]}
    claims = {
        "a": numbered(mine, "A1"),
        "b": numbered(child.claim, "B1"),
        "c": numbered(mine, "C1"),
    }
    return claims, resources


def starts(data: bytes | None, *ids: str) -> list[str]:
    assert data is not None
    return [one for one in data.decode().split("~") if one.split("*")[0] in ids]


def test_claims_of_one_subscriber_share_their_level() -> None:
    claims, resources = three()
    made = batch(claims, resources, CASCADE, 7, now())
    assert made.refused == {}
    assert set(made.sets.values()) == {"0001"}
    heads = [one.split("*")[1] for one in starts(made.data, "CLM")]
    assert sorted(heads) == ["A1", "B1", "C1"]
    assert [one for one in starts(made.data, "HL") if "*20*" in one] == ["HL*1**20*1"]
    levels = starts(made.data, "HL")
    assert len([one for one in levels if "*22*" in one]) == 2
    assert len([one for one in levels if "*23*" in one]) == 1


def test_set_takes_as_many_claims_as_the_partner_agrees() -> None:
    claims, resources = three()
    partner = replace(CASCADE, batch=Batch(claims_per_set=2))
    made = batch(claims, resources, partner, 7, now())
    assert len(starts(made.data, "ST")) == 2
    assert sorted(made.sets.values()) == ["0001", "0001", "0002"]
    assert made.data is not None
    assert read(made.data).verdict == "accepted"


def test_claim_that_cannot_be_sent_keeps_no_other_back() -> None:
    claims, resources = three()
    del claims["b"]["total"]
    claims["c"] = claims["c"] | {"status": "cancelled"}
    made = batch(claims, resources, CASCADE, 7, now())
    assert list(made.sets) == ["a"]
    assert {one.detail for one in made.refused["b"]} >= {"x12-missing"}
    assert [one.detail for one in made.refused["c"]] == ["claim-not-billable"]


def test_claim_whose_text_is_refused_keeps_no_other_back() -> None:
    claims, resources = three()
    claims["b"] = claims["b"] | {"identifier": [{"value": "B" * 50}]}
    claims["c"]["supportingInfo"] = [
        {
            "category": {"coding": [{"code": "onset"}]},
            "timingDate": "2026-11-01",
        }
    ]
    made = batch(claims, resources, CASCADE, 7, now())
    assert set(made.sets) == {"a", "c"}
    assert "b" in made.refused


def test_nothing_is_written_when_every_claim_is_refused() -> None:
    claims, resources = three()
    made = batch({"a": claims["a"] | {"status": "draft"}}, resources, CASCADE, 7, now())
    assert made.data is None
    assert list(made.refused) == ["a"]


def test_claims_are_parted_by_their_guide() -> None:
    claims, _ = three()
    claims["i"] = {"type": {"coding": [{"code": "institutional"}]}}
    assert {kind: list(found) for kind, found in by_kind(claims).items()} == {
        "837P": ["a", "b", "c"],
        "837I": ["i"],
    }
