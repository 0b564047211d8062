"""Our own synthetic remittances with the resources they must become.

`python -m tests.golden.remittance.test_golden` writes the expected files anew; read the difference.
"""

from pathlib import Path

import msgspec
import pytest

from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.payment_835 import Answered, claim_response, payment_reconciliation
from mappers.fhir_x12.remittance import remittance
from tests.unit.mappers.fhir_x12.case import subscriber
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, remit, root
from tests.unit.mappers.fhir_x12.test_payment_writing import EVERYTHING

FOLDER = Path(__file__).parent
CREATED = "2026-11-10T09:00:00Z"
ENCODER = msgspec.json.Encoder(decimal_format="number")
TEXTS = {
    "paid": remit(PAID, "92.5"),
    "denied": remit(DENIED, "0"),
    "corrected": remit(REVERSED + PAID, "0"),
    "recovered": remit(PAID, "80", provider="PLB*1999000015*20261231*WO:CHP01-OLD*12.5~"),
    "everything": EVERYTHING,
    "unmatched": remit(PAID.replace("CASE1", "ELSE9"), "92.5"),
}


def resources(name: str) -> str:
    """Return the reconciliation and the responses of a remittance, indented."""
    facts = remittance(root(TEXTS[name]))
    assert imbalances(facts) == ()
    claim = subscriber().claim
    answered = [
        Answered(one, claim if one.claim_number == "CASE1" else None, f"{name}-{one.number}")
        for one in facts.claims
    ]
    made = [
        payment_reconciliation(facts, answered, name, CREATED),
        *(claim_response(facts, one, CREATED) for one in answered),
    ]
    return msgspec.json.format(ENCODER.encode(made), indent=1).decode() + "\n"


def lines(name: str) -> str:
    """Return the remittance, one segment a line."""
    return TEXTS[name].decode().replace("~", "~\n")


@pytest.mark.parametrize("name", TEXTS)
def test_remittance_becomes_the_expected_resources(name: str) -> None:
    assert lines(name) == (FOLDER / f"{name}.835").read_text()
    assert resources(name) == (FOLDER / f"{name}.json").read_text()


if __name__ == "__main__":
    for one in TEXTS:
        (FOLDER / f"{one}.835").write_text(lines(one))
        (FOLDER / f"{one}.json").write_text(resources(one))
