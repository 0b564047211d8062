"""The 837P of each synthetic claim, as text.

`python -m tests.golden.claim.test_golden` writes the expected files anew; read the difference.
"""

from pathlib import Path

import pytest

from mappers.x12.check import check
from tests.unit.mappers.fhir_x12.case import CASES

FOLDER = Path(__file__).parent


def shown(name: str) -> str:
    """Return the interchange of a case, one segment a line."""
    return CASES[name]().written().decode().replace("~", "~\n")


@pytest.mark.parametrize("name", CASES)
def test_claim_is_written_as_expected(name: str) -> None:
    assert shown(name) == (FOLDER / f"{name}.837").read_text()


@pytest.mark.parametrize("name", CASES)
def test_our_own_judgement_accepts_the_claim(name: str) -> None:
    report = check(CASES[name]().written(), name)
    assert report.verdict != "rejected", report.as_text()


if __name__ == "__main__":
    for one in CASES:
        (FOLDER / f"{one}.837").write_text(shown(one))
