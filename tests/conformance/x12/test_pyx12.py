"""An independent judge: pyx12 accepts what we write."""

import logging
import warnings
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.check import check, judgement
from mappers.x12.claim_acknowledgment import Answerer, claim_acknowledgment
from mappers.x12.reader import read
from mappers.x12.sets import STATUS_277CA
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.fhir_x12.scenario import SCENARIOS, scenario
from tests.unit.mappers.x12.example import (
    ENVELOPE,
    claim,
    claim_file,
    dependent,
    remittance_file,
    status_file,
    subscriber,
)
from tests.unit.mappers.x12.rules.vector import Vector
from tests.unit.mappers.x12.rules.vectors_claim import VECTORS as CLAIM_VECTORS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pyx12.params
    import pyx12.x12n_document


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep pyx12's log out of the run."""
    logger = logging.getLogger("pyx12")
    level, logger.disabled = logger.level, True
    logger.setLevel(logging.CRITICAL)
    yield
    logger.disabled = False
    logger.setLevel(level)


def judged(data: bytes, directory: Path, *, with_999: bool = True) -> tuple[bool, str]:
    """Return pyx12's verdict and the 999 it writes."""
    path = directory / "file.x12"
    path.write_bytes(data)
    answer = StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        accepted = pyx12.x12n_document.x12n_document(
            param=pyx12.params.params(),
            src_file=str(path),
            fd_997=answer if with_999 else None,
            fd_html=None,
            fd_xmldoc=None,
        )
    return bool(accepted), answer.getvalue()


CLAIMS = {
    "subscriber": claim_file(),
    "dependent": claim_file(dependent(2, [claim()])),
    "several": claim_file(
        subscriber(2, [claim("C1"), claim("C2", (Decimal("80.5"), Decimal(20)))]),
        dependent(3, [claim("C3")]),
        subscriber(5, [claim("C4")]),
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_pyx12_accepts_the_claims_we_write(name: str, tmp_path: Path) -> None:
    accepted, answer = judged(CLAIMS[name], tmp_path)
    assert accepted, answer
    assert "IK5*A" in answer


@pytest.mark.parametrize("name", [one for one in SCENARIOS if one != "dental"])
def test_pyx12_accepts_the_scenarios_we_write(name: str, tmp_path: Path) -> None:
    """It has no 837D."""
    accepted, answer = judged(scenario(name).written(), tmp_path)
    assert accepted, answer
    assert "IK5*A" in answer


EXAMPLES = Path(__file__).parents[2] / "golden" / "x12" / "guides"


@pytest.mark.parametrize(
    "name",
    [
        "claim.837p",
        "claim.837i",
        "stay.837i",
        "remittance.835",
        "status.277ca",
        "acknowledgment.999",
        "premium.820",
        "enrollment.834",
    ],
)
def test_pyx12_accepts_our_examples(name: str, tmp_path: Path) -> None:
    """It has no guide for the other examples."""
    accepted, answer = judged((EXAMPLES / name).read_bytes(), tmp_path, with_999=False)
    assert accepted, answer


def test_pyx12_accepts_the_status_we_write(tmp_path: Path) -> None:
    accepted, answer = judged(status_file(), tmp_path, with_999=False)
    assert accepted, answer


def test_pyx12_accepts_the_remittance_we_write(tmp_path: Path) -> None:
    accepted, answer = judged(remittance_file(), tmp_path, with_999=False)
    assert accepted, answer


@pytest.mark.parametrize("defect", [(b"10:B:1", b"10:B:1"), (b"10:B:1", b"10:Z:1")])
def test_pyx12_accepts_the_999_we_write(defect: tuple[bytes, bytes], tmp_path: Path) -> None:
    interchange = read(claim_file().replace(*defect)).interchanges[0]
    answer = acknowledge(
        interchange, interchange_control=1, group_control=2, written=ENVELOPE.written
    )
    assert answer is not None
    accepted, _ = judged(answer, tmp_path, with_999=False)
    assert accepted


CODES = {
    "bad code": (b"10:B:1", b"10:Z:1"),
    "bad date": (b"D8*20260301", b"D8*20260231"),
    "no payer": (b"NM1*PR*2*ACME HEALTH*****PI*ACME1~", b""),
    "no diagnoses": (b"HI*ABK:F331*ABF:F411~", b""),
    "long claim number": (b"CLM*CLAIM1", b"CLM*" + b"C" * 50),
    "unknown segment": (b"~LX*1~", b"~QQQ*1~LX*1~"),
    "wrong count": (b"SE*26", b"SE*27"),
}


@pytest.mark.parametrize("name", CODES)
def test_our_codes_are_those_of_pyx12(name: str, tmp_path: Path) -> None:
    data = claim_file().replace(*CODES[name])
    accepted, answer = judged(data, tmp_path)
    assert not accepted
    interchange = read(data).interchanges[0]
    ours = acknowledge(
        interchange, interchange_control=1, group_control=2, written=ENVELOPE.written
    )
    assert ours is not None
    assert _codes(ours.decode()) == _codes(answer)


def _codes(answer: str) -> list[tuple[str, ...]]:
    """Return segment, position and code of each IK3 and IK4, and the verdict on the set."""
    lines = [line.strip().split("*") for line in answer.replace("\n", "").split("~")]
    found: list[tuple[str, ...]] = []
    for line in lines:
        match line[0]:
            case "IK3":
                found.append((line[1], line[2], line[4]))
            case "IK4":
                found.append((line[1], line[3]))
            case "IK5":
                found.append((line[1], line[2]) if len(line) > 2 else (line[1],))
    return found


JUDGED = [one for one in CLAIM_VECTORS if b"CLM*" in one.hit and check(one.hit, "").findings]


@pytest.mark.parametrize("vector", JUDGED[::6], ids=str)
def test_pyx12_accepts_the_999_to_every_kind_of_finding(vector: Vector, tmp_path: Path) -> None:
    (received,) = check(vector.hit, "").received
    answer = acknowledge(received, interchange_control=1, group_control=2, written=ENVELOPE.written)
    assert answer is not None
    accepted, told = judged(answer, tmp_path, with_999=False)
    assert accepted, told


@pytest.mark.parametrize("vector", JUDGED[3::6], ids=str)
def test_pyx12_accepts_the_277ca_made_of_findings(vector: Vector, tmp_path: Path) -> None:
    document = read(vector.hit)
    root = claim_acknowledgment(
        next(document.sets())[2],
        judgement(document),
        Answerer("ACME HEALTH", "ACME1"),
        ENVELOPE.written.date(),
        "ACK1",
    )
    data = write(STATUS_277CA, [SetBody("0001", root)], ENVELOPE)
    accepted, told = judged(data, tmp_path, with_999=False)
    assert accepted, told
