"""pyx12 accepts every form of claim that the map writes."""

from pathlib import Path

import pytest

from tests.conformance.x12.test_pyx12 import judged, quiet
from tests.unit.mappers.fhir_x12.case import CASES

__all__ = ["quiet"]


@pytest.mark.parametrize("name", CASES)
def test_pyx12_accepts_the_mapped_claim(name: str, tmp_path: Path) -> None:
    accepted, answer = judged(CASES[name]().written(), tmp_path)
    assert accepted, answer
    assert "IK5*A" in answer
    assert "IK3" not in answer
