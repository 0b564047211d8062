"""The 837 of each synthetic claim and of each built-in scenario, as text.

`python -m tests.golden.claim.test_golden` writes the expected files anew; read the difference.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from mappers.x12.check import check
from tests.unit.mappers.fhir_x12.case import CASES
from tests.unit.mappers.fhir_x12.scenario import SCENARIOS, scenario

FOLDER = Path(__file__).parent
FILES: dict[str, Callable[[], bytes]] = {
    **{name: make().written for name, make in CASES.items()},
    **{f"scenario-{name}": scenario(name).written for name in SCENARIOS},
}


def shown(name: str) -> str:
    """Return the interchange of a case, one segment a line."""
    return FILES[name]().decode().replace("~", "~\n")


@pytest.mark.parametrize("name", FILES)
def test_claim_is_written_as_expected(name: str) -> None:
    assert shown(name) == (FOLDER / f"{name}.837").read_text()


@pytest.mark.parametrize("name", FILES)
def test_our_own_judgement_accepts_the_claim(name: str) -> None:
    report = check(FILES[name](), name)
    assert report.verdict == "accepted", report.as_text()


if __name__ == "__main__":
    for one in FILES:
        (FOLDER / f"{one}.837").write_text(shown(one))
