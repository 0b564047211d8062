"""A remittance adds up to the cent, or every equation that does not hold is named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.fhir_x12.balance import imbalances
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, facts


@pytest.mark.parametrize(
    ("claims", "paid", "provider"),
    [
        (PAID, "92.5", ""),
        (DENIED, "0", ""),
        (REVERSED + PAID, "0", ""),
        (PAID, "90", "PLB*1999000015*20261231*WO:OLD1*2.5~"),
        (PAID, "93.27", "PLB*1999000015*20261231*L6*-1.02*FB:X*.25~"),
    ],
)
def test_balanced_remittance_has_no_imbalance(claims: str, paid: str, provider: str) -> None:
    assert imbalances(facts(claims, paid, provider=provider)) == ()


def test_a_cent_off_in_a_line_is_told_at_line_and_claim() -> None:
    found = imbalances(facts(PAID.replace("CAS*CO*45*46.6", "CAS*CO*45*46.61"), "92.5"))
    assert [(one.level, one.claim, one.line) for one in found] == [("line", 1, 1), ("claim", 1, 0)]
    assert found[0].expected == Decimal("78.39")


def test_a_cent_off_in_the_payment_is_told() -> None:
    (found,) = imbalances(facts(PAID, "92.51"))
    assert str(found) == "payment: stated 92.51, adds up to 92.5, off 0.01"


GARBLED = PAID.replace("SVC*HC:90785*20.5*14.1**1~", "SVC*HC*90785*20.5*14.1**1~")


def test_line_that_names_no_procedure_is_in_no_line_equation() -> None:
    assert imbalances(facts(GARBLED, "92.5")) == ()


def test_adjustments_of_a_garbled_line_still_count_for_its_claim() -> None:
    found = imbalances(facts(GARBLED.replace("CO*45*6.4", "CO*45*6.41"), "92.5"))
    assert [(one.level, one.expected) for one in found] == [("claim", Decimal("92.49"))]


def test_amounts_for_information_take_no_part() -> None:
    assert imbalances(facts(PAID.replace("AMT*B6*98.4", "AMT*B6*1"), "92.5")) == ()


cents = st.integers(0, 10**7).map(lambda value: Decimal(value) / 100)


@given(st.lists(st.tuples(cents, cents, cents), min_size=1, max_size=6), cents)
def test_what_is_made_to_balance_balances_and_a_cent_more_does_not(
    lines: list[tuple[Decimal, Decimal, Decimal]], recovery: Decimal
) -> None:
    services = "".join(
        f"SVC*HC:90834*{paid + contractual + share:f}*{paid:f}**1~CAS*CO*45*{contractual:f}~"
        f"CAS*PR*1*{share:f}~"
        for paid, contractual, share in lines
    )
    charge = sum((sum(one) for one in lines), Decimal())
    paid = sum((one[0] for one in lines), Decimal())
    claim = f"CLP*A*1*{charge:f}*{paid:f}**12*P~NM1*QC*1*Q~{services}"
    provider = f"PLB*1999000015*20261231*WO:R*{recovery:f}~"
    assert imbalances(facts(claim, f"{paid - recovery:f}", provider=provider)) == ()
    off = imbalances(facts(claim, f"{paid - recovery + Decimal('0.01'):f}", provider=provider))
    assert [one.level for one in off] == ["payment"]
