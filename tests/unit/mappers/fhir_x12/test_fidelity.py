"""What the maps keep both ways, and what they say of what they do not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_server.cli import parity
from mappers.fhir_x12.fidelity import WANTED, Kept, summaries
from mappers.fhir_x12.fidelity_837 import HeldClaims
from mappers.fhir_x12.fidelity_report import as_text
from mappers.fhir_x12.fidelity_review import ROUND_TRIPS, HeldReview
from mappers.fhir_x12.maps import MAPS, built_in, of_fhir, of_x12
from mappers.path import JsonObject
from tests.unit.mappers.fhir_x12.scenario import SCENARIOS, scenario
from tests.unit.mappers.fhir_x12.test_review_278 import examples

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "x12"


@pytest.mark.parametrize("trip", MAPS, ids=lambda trip: trip.name)
def test_map_keeps_what_it_should_of_its_own_cases(trip: object) -> None:
    kept = [one for one in built_in() if one.map == getattr(trip, "name", "")]
    assert kept
    for one in summaries(kept):
        assert one.share >= WANTED, as_text(kept)


@pytest.mark.parametrize("name", SCENARIOS)
def test_case_written_and_read_says_the_same_again(name: str) -> None:
    """The second time around nothing is lost: what is read is what is written."""
    held = scenario(name)
    trip = held.trip
    once = trip.read(trip.there(held.claims))
    assert isinstance(once, HeldClaims)
    again = trip.of_fhir(name, once)
    assert again.losses == ()


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of the domain notes are not here")
@pytest.mark.parametrize("kind", ["837P", "837I"])
def test_samples_come_back(kind: str) -> None:
    files = sorted(SAMPLES.glob("837*"))
    kept = [one for file in files for one in of_x12(file.name, file.read_bytes())]
    (told,) = [one for one in summaries(kept) if one.map == kind]
    assert told.share >= WANTED, as_text(kept)
    assert told.cases == {"837P": 16, "837I": 4}[kind]


def test_what_does_not_come_back_is_listed_with_its_reason() -> None:
    held = scenario("subscriber")
    claim: JsonObject = held.claims.claims[0] | {"item": []}
    claim["text"] = {"div": "not counted"}
    claim["fundsReserve"] = {"coding": [{"code": "patient"}]}
    (kept,) = of_fhir("odd", [claim | {"item": held.claims.claims[0]["item"]}, *held.others()])
    (lost,) = kept.losses
    assert (lost.path, lost.count) == ("Claim.fundsReserve.coding.code", 1)
    assert lost.reason == "the map has no place for it"
    assert kept.populated - kept.kept == 1


def test_claim_that_cannot_be_written_keeps_nothing_and_says_why() -> None:
    held = scenario("subscriber")
    claim = {name: one for name, one in held.claims.claims[0].items() if name != "total"}
    (kept,) = of_fhir("odd", [claim, *held.others()])
    assert kept.kept == 0
    assert [one.path for one in kept.losses] == ["Claim.total.value"]


def test_command_prints_the_report(tmp_path: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(parity, ["x12", "fidelity"])
    assert done.exit_code == 0
    assert "837P  FHIR to X12 to FHIR" in done.output
    file = tmp_path / "empty.json"
    file.write_text('{"resourceType": "Patient"}')
    done = runner.invoke(parity, ["x12", "fidelity", str(file), "--json"])
    assert json.loads(done.output) == {"maps": [], "cases": []}
    file.write_text("{")
    assert runner.invoke(parity, ["x12", "fidelity", str(file)]).exit_code == 1


def test_share_of_nothing_is_whole() -> None:
    assert Kept("837P", "X12 to FHIR to X12", "none", 0, 0, ()).share == 1


def test_every_element_of_the_guides_reviews_is_kept_or_has_its_reason() -> None:
    found = examples()
    if not found:
        pytest.skip("the package of Da Vinci PAS is not here")
    request, inquiry = ROUND_TRIPS[:2]
    kept = [
        (inquiry if "Inquiry" in name else request).of_fhir(name, HeldReview(bundle))
        for name, bundle in found.items()
    ]
    losses = [loss for one in kept for loss in one.losses]
    assert [one for one in losses if one.reason == "the map has no place for it"] == []
    assert sum(one.kept for one in kept) >= 0.94 * sum(one.populated for one in kept)
