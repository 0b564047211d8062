"""Real input is taken in: patient histories, official examples, X12 and HL7 v2 files."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_server.cli import parity
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from tests.acceptance.site import Site, running


def without_meta(resource: JsonObject) -> JsonObject:
    return {name: value for name, value in resource.items() if name not in {"meta", "id"}}


def test_synthea_histories_load_without_a_refusal(site: Site, samples: Path) -> None:
    site.initialise()
    report = site.json("load", str(samples / "synthea"))
    assert report["refused"] == []
    assert report["loaded"] == 5970
    again = site.run("db", "status")
    assert b"head" in again.stdout or b"current" in again.stdout


def test_official_examples_are_accepted_and_returned_equal(site: Site, samples: Path) -> None:
    path = samples / "fhir" / "r4-examples.ndjson.gz"
    originals = {}
    with gzip.open(path) as lines:
        for line in lines:
            original = decode(line)
            originals[original["resourceType"], original["id"]] = original
    with running(site, "web"):
        report = site.json("load", str(path))
        assert report["refused"] == []
        for (kind, name), original in originals.items():
            answer = site.request("GET", f"/fhir/{kind}/{name}?_format=json")
            assert answer.status == 200, (kind, name)
            served = decode(answer.body)
            assert spelled(without_meta(served)) == spelled(without_meta(original))


def spelled(value: JsonValue) -> str:
    """Return the JSON text of a value: members in any one order, decimals as they are spelled."""
    return json.dumps(value, default=lambda number: f"decimal {Decimal(number)}", sort_keys=True)


def x12_files(samples: Path, pattern: str = "*") -> list[Path]:
    return [one for one in sorted((samples / "x12").glob(pattern)) if one.suffix]


def test_every_x12_sample_gets_a_verdict(samples: Path) -> None:
    verdicts = {}
    for path in x12_files(samples):
        done = CliRunner().invoke(parity, ["x12", "check", str(path), "--json"])
        assert done.exit_code in {0, 1}, (path, done.output)
        verdicts[path.name] = json.loads(done.output)["verdict"]
        assert (done.exit_code == 1) == (verdicts[path.name] == "rejected")
    assert len(verdicts) == 38
    assert set(verdicts.values()) <= {"accepted", "accepted-with-errors", "rejected"}


def test_the_remittance_samples_are_taken_in(site: Site, samples: Path) -> None:
    with running(site, "web"):
        for path in x12_files(samples, "*.835"):
            site.run("x12", "receive", str(path))
        remittances = site.search("PaymentReconciliation?_count=100")
        responses = site.search("ClaimResponse?_count=100")
        assert len(remittances) == 5
        assert len(responses) >= 5
        for path in x12_files(samples, "*.835"):
            site.run("x12", "receive", str(path))
        assert len(site.search("PaymentReconciliation?_count=100")) == 5
        assert len(site.search("ClaimResponse?_count=100")) == len(responses)


def test_every_v2_sample_is_answered_and_results_become_resources(
    site: Site, samples: Path
) -> None:
    paths = sorted((samples / "hl7v2").glob("*.hl7"))
    with running(site, "web", "worker", "listener"):
        codes = {}
        for path in paths:
            done = site.run(
                "v2", "send", str(path), "--to", f"127.0.0.1:{site.mllp_port}", status=None
            )
            assert done.returncode in {0, 1}, (path, done.stderr)
            reply = done.stdout.decode()
            if b"wants no acknowledgment" in done.stderr:
                assert b"|NE|NE" in path.read_bytes()
                continue
            msa = next(line for line in reply.replace("\r", "\n").split("\n") if "MSA|" in line)
            codes[path.name] = msa.split("|")[1]
            if codes[path.name] != "AA":
                assert "ERR|" in reply, (path, reply)
        for name, code in codes.items():
            assert code == "AA", (name, codes)
        assert len(site.search("Observation?_count=200")) >= 11
        assert len(site.search("DiagnosticReport?_count=50")) >= 3
        assert len(site.search("Encounter?_count=50")) >= 1
        assert len(site.search("Patient?_count=50")) >= 3
        assert site.search("Patient?family=DUCK")


@pytest.mark.parametrize("protocol", ["x12", "v2"])
@pytest.mark.parametrize("content", [b"", bytes(range(256))], ids=["empty", "noise"])
def test_nonsense_gets_a_verdict_too(tmp_path: Path, protocol: str, content: bytes) -> None:
    (tmp_path / "nonsense").write_bytes(content)
    done = Site(tmp_path, "").run(protocol, "check", "nonsense", "--json", status=1)
    assert json.loads(done.stdout)["verdict"] == "rejected"
    assert not done.stderr
