"""`parity v2` with feeds and messages, and the two laboratories of the demonstration."""

import json
from pathlib import Path

import pytest

from tests.acceptance.site import Site
from tests.integration.hl7.running import serving

LABS = Path(__file__).resolve().parents[3] / "demo" / "feeds"
TAMARACK, BASIN = LABS / "tamarack.toml", LABS / "basin.json"


@pytest.mark.parametrize("name", ["tamarack.toml", "basin.json"])
def test_laboratory_takes_at_most_a_hundred_lines(name: str) -> None:
    assert len((LABS / name).read_text(encoding="utf-8").splitlines()) <= 100


def test_laboratory_is_brought_in_by_its_file(site: Site, tmp_path: Path) -> None:
    site.initialise()
    sample = str(LABS / "tamarack.hl7")
    told = json.loads(site.run("v2", "check", sample, "--feed", str(TAMARACK), "--json").stdout)
    assert told[0]["refusal"] == ""
    assert told[0]["untranslated"] == [{"path": "OBX-3", "codes": "OBX-3", "code": "FER"}]
    assert "feed tamarack is kept" in site.run("v2", "feed", "load", str(TAMARACK)).stdout.decode()
    tried = json.loads(site.run("v2", "dry-run", sample, "--json").stdout)[0]
    assert (tried["feed"], tried["state"]) == ("tamarack", "code_unmapped")
    made = {one["reference"].split("/")[0] for one in tried["changes"]}
    assert made >= {"Patient", "DiagnosticReport", "Observation", "ServiceRequest"}
    results = [
        one["resource"] for one in tried["changes"] if one["reference"].startswith("Observation")
    ]
    lithium = next(one for one in results if "14334-7" in str(one["code"]))
    assert lithium["valueQuantity"]["unit"] == "mmol/L"
    words = site.run("v2", "explain", sample, "--feed", "tamarack").stdout.decode()
    assert "PID-5 Patient name: Quill | Nora -> Patient.name[]" in words
    assert "ZPS-2: SEA -> DiagnosticReport" in words
    assert json.loads(site.run("v2", "queue", "--json").stdout)["messages"] == []
    assert site.run("v2", "feed", "list").stdout.decode().startswith("tamarack  no port  applied")


def test_programme_under_part_2_labels_all_it_sends(site: Site) -> None:
    site.initialise()
    site.run("v2", "feed", "load", str(BASIN))
    sample = str(LABS / "basin.hl7")
    tried = json.loads(site.run("v2", "dry-run", sample, "--feed", "basin", "--json").stdout)[0]
    assert tried["changes"]
    for one in tried["changes"]:
        codes = [label["code"] for label in one["resource"]["meta"]["security"]]
        assert codes == ["R", "SUD", "42CFRPart2", "PSY"]
    words = site.run("v2", "explain", sample, "--feed", str(BASIN)).stdout.decode()
    assert "OBX-8" in words


def test_wrong_feed_file_is_told_by_member(site: Site, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('id = "x"\ntime_zone = "Mars"\n[dialect]\nsurprise = 1\n', encoding="utf-8")
    told = site.run("v2", "feed", "load", str(wrong), status=2).stderr.decode()
    assert "time_zone: must be a time zone" in told
    assert "dialect.surprise" in told


def test_resource_is_written_and_sent(site: Site, tmp_path: Path) -> None:
    site.initialise()
    told = site.run("v2", "write", "Patient/nobody", status=2).stderr.decode()
    assert "Patient/nobody is not stored" in told
    assert (
        "HOST:PORT" in site.run("v2", "write", "Patient/p1", "--to", "x", status=2).stderr.decode()
    )
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Quill", "given": ["Nora"]}],
        "birthDate": "1990-02-03",
    }
    (tmp_path / "p1.json").write_text(json.dumps(patient), encoding="utf-8")
    site.run("load", str(tmp_path / "p1.json"))
    text = site.run("v2", "write", "Patient/p1", "--receiver", "EHR|WEST").stdout.decode()
    assert "PID|1||||Quill^Nora||19900203" in text
    with serving() as receiver:
        address = f"127.0.0.1:{receiver.port}"
        answer = site.run("v2", "write", "Patient/p1", "--event", "A28", "--to", address).stdout
    assert b"MSA|AA|P2" in answer
    lost = site.run("v2", "write", "Patient/p1", "--to", address, status=1).stderr.decode()
    assert "is kept; the receiver did not answer" in lost
