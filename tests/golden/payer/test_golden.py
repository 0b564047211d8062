"""What payers are asked and answer, in the built-in cases, with the resources they must become.

`python -m tests.golden.payer.test_golden` writes the expected files anew; read the difference.
"""

from pathlib import Path

import msgspec
import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.fidelity_payer import ROUND_TRIPS
from mappers.path import JsonObject
from profiles.loader import load

FOLDER = Path(__file__).parent
ENCODER = msgspec.json.Encoder(decimal_format="number")
CASES: dict[str, tuple[JsonObject, ...]] = {
    f"{trip.name}-{name.replace(' ', '-')}": held.resources
    for trip in ROUND_TRIPS
    if trip.name != "835"
    for name, held in trip.cases().items()
}


def shown(name: str) -> str:
    """Return the resources of a case, indented."""
    return msgspec.json.format(ENCODER.encode(CASES[name]), indent=1).decode() + "\n"


@pytest.mark.parametrize("name", CASES)
def test_case_becomes_the_expected_resources(name: str) -> None:
    assert shown(name) == (FOLDER / f"{name}.json").read_text()


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(load())


@pytest.mark.parametrize("name", CASES)
def test_resources_of_a_case_are_valid(name: str, validator: Validator) -> None:
    for one in CASES[name]:
        found = [issue.expression for issue in validator.check(one)]
        assert found == []


if __name__ == "__main__":
    for one in CASES:
        (FOLDER / f"{one}.json").write_text(shown(one))
