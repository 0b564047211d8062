"""`parity x12 check|explain` at the command line: text, JSON, colours, answers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_server.cli.painting import painted
from fhir_server.cli.x12 import x12
from mappers.x12.check import check
from tests.unit.mappers.x12.rules.vector import CLAIM, REMITTANCE, TWO_CLAIMS, swap

BAD = swap(CLAIM, "***1~=>***1:2:3~")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Runner":
    """Run commands in an empty folder, where no installation is."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARITY_DATABASE_URL", raising=False)
    return Runner(tmp_path)


class Runner:
    """Runs a command on a file with some content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, command: str, data: bytes, *options: str) -> Result:
        file = self.folder / "claims.837"
        file.write_bytes(data)
        return CliRunner().invoke(x12, [command, str(file), *options])


def test_sound_file_is_accepted(run: Runner) -> None:
    done = run("check", CLAIM)
    assert (done.exit_code, done.output) == (
        0,
        "claims.837: accepted (1 interchanges, 1 sets, 30 segments)\n",
    )
    assert not (run.folder / "var").exists()


def test_bad_file_is_told_in_plain_text(run: Runner) -> None:
    done = run("check", BAD)
    assert done.exit_code == 1
    assert "error [4] 2400 SV107-3 (segment 25, byte 738): " in done.output
    assert "<- Claim.item.diagnosisSequence" in done.output
    assert "\x1b" not in done.output


def test_json_is_one_object(run: Runner) -> None:
    done = run("check", BAD, "--json")
    assert json.loads(done.output) == check(BAD, "").as_json()


def test_outcome_is_a_resource(run: Runner) -> None:
    issue = json.loads(run("check", BAD, "--outcome").output)["issue"][0]
    assert issue["expression"] == ["Claim.item.diagnosisSequence"]
    assert issue["details"]["coding"][0]["code"] == "diagnosis-pointer"
    assert (issue["severity"], issue["code"]) == ("error", "business-rule")


def test_level_limits_the_judgement(run: Runner) -> None:
    assert run("check", BAD, "--snip", "3").exit_code == 0


def test_answer_is_written(run: Runner) -> None:
    run("check", BAD, "--ack", "answer.999")
    answer = (run.folder / "answer.999").read_text()
    assert "~IK3*SV1*23*2400*8~CTX*CLM01:CLAIM1~IK4*7:3*1328*I9~" in answer
    assert "~IK5*R*I5~" in answer


def test_status_of_each_claim_is_written(run: Runner) -> None:
    bad = swap(TWO_CLAIMS, "CLM*C2*150=>CLM*C2*151")
    assert run("check", bad, "--status", "answer.277").exit_code == 1
    answer = (run.folder / "answer.277").read_bytes()
    assert check(answer, "").findings == ()
    text = answer.decode()
    assert "~NM1*AY*2*ACME HEALTH*****46*PAYER~" in text
    assert "~TRN*2*C1~STC*A2:20*" in text
    assert "~TRN*2*C2~STC*A8:178*" in text
    assert text.startswith("ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC ")


def test_status_of_a_file_without_claims_is_empty(run: Runner) -> None:
    done = run("check", REMITTANCE, "--status", "answer.277")
    assert (run.folder / "answer.277").read_bytes() == b""
    assert "holds no claims whose sender can be answered" in done.output


def test_overlay_is_used(run: Runner) -> None:
    long = swap(CLAIM, f"CLM*CLAIM1=>CLM*{'1' * 21}")
    assert run("check", long).exit_code == 0
    assert run("check", long, "--overlay", "stedi").exit_code == 1
    refused = run("check", long, "--overlay", "nowhere.toml")
    assert refused.exit_code == 2


def test_partner_needs_an_installation(run: Runner) -> None:
    assert run("check", CLAIM, "--partner", "north").exit_code == 2


def test_explanation_is_json_too(run: Runner) -> None:
    told = json.loads(run("explain", BAD, "--json").output)
    line = next(one for one in told["segments"] if one["segment"] == "SV1")
    assert told["verdict"] == "rejected"
    assert (line["loop"], line["ordinal"]) == (None, 25)
    assert [one["id"] for one in line["findings"]] == ["diagnosis-pointer"]
    assert "[2400] LX service line: 1" in run("explain", BAD).output


def test_colours_change_nothing_but_colours() -> None:
    text = check(BAD, "claims.837").as_text()
    shown = painted(text)
    assert "\x1b[31m\x1b[1merror\x1b[0m" in shown
    assert "\x1b[31m\x1b[1mrejected\x1b[0m" in shown
    plain = shown
    for code in ("0", "1", "2", "31", "32", "36"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == text
