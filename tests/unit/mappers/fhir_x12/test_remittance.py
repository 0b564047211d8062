"""What is read of an 835: exactly what stands there, and where nothing can be read."""

from decimal import Decimal

import pytest

from mappers.fhir_x12.amount import amount, cents, day
from mappers.fhir_x12.remittance import remittance
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, PATIENT, REVERSED, facts, remit, root


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", "0"), ("-12.5", "-12.5"), (".5", "0.5"), ("7.", "7"), ("1.10", "1.10")],
)
def test_numbers_are_read_as_written(text: str, value: str) -> None:
    assert amount(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "abc", "1e3", "NaN", "+1", "1,000", "--1", " 1", "٣"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert amount(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("20261110", "2026-11-10"), ("20002316", ""), ("2026", ""), ("", "")]
)
def test_days_that_do_not_exist_are_not_invented(text: str, value: str) -> None:
    assert day(text) == value


@pytest.mark.parametrize(("text", "value"), [("5", "5.00"), ("5.1", "5.10"), ("5.125", "5.125")])
def test_dollars_have_their_cents(text: str, value: str) -> None:
    assert str(cents(Decimal(text))) == value


def test_payment_is_named_by_its_trace_and_payer() -> None:
    told = facts(PAID, "92.5")
    assert (told.trace, told.payer_id, told.payer_name) == (
        "T1",
        "1999999999",
        "Cascade Health Plan",
    )
    assert (told.payee_id, told.paid_on, told.paid) == ("1999000015", "2026-11-10", Decimal("92.5"))


def test_impossible_payment_date_gives_way_to_the_production_date() -> None:
    data = remit(PAID, "92.5").replace(b"************20261110~", b"************20002316~")
    data = data.replace(b"~N1*PR", b"~DTM*405*20261109~N1*PR")
    assert remittance(root(data)).paid_on == "2026-11-09"


def test_debit_takes_the_payment_back() -> None:
    data = remit(PAID, "92.5").replace(b"*C*CHK", b"*D*CHK")
    assert remittance(root(data)).paid == Decimal("-92.5")


def test_lines_carry_code_modifiers_units_and_control() -> None:
    line = PAID.replace("HC:90834*", "HC:90834:95:HO*")
    (claim,) = facts(line, "92.5").claims
    first = claim.services[0]
    assert (first.code, first.modifiers, first.units) == ("90834", ("95", "HO"), Decimal(1))
    assert (first.line_control, first.serviced, first.allowed) == (
        "CASE1-1",
        "2026-11-02",
        Decimal("98.4"),
    )


def test_procedure_parted_by_another_mark_is_read() -> None:
    (claim,) = facts(PAID.replace("HC:90834*", "HC>90834>95*"), "92.5").claims
    assert (claim.services[0].code, claim.services[0].modifiers) == ("90834", ("95",))


def test_remarks_of_claim_and_line_are_kept() -> None:
    (claim,) = facts(PAID.replace(PATIENT, f"{PATIENT}MOA***MA01*MA18~"), "92.5").claims
    assert claim.remarks == ("MA01", "MA18")
    assert [one.remarks for one in claim.services] == [(), ("N130", "M15")]


def test_provider_adjustments_are_read_in_pairs() -> None:
    plb = "PLB*1999000015*20261231*WO:OLD1*2.5*FB*-1*72:X*.5~"
    told = facts(PAID, "90.5", provider=plb).provider_adjustments
    assert [(one.reason, one.reference, one.amount) for one in told] == [
        ("WO", "OLD1", Decimal("2.5")),
        ("FB", "", Decimal(-1)),
        ("72", "X", Decimal("0.5")),
    ]


def test_places_without_a_number_are_told() -> None:
    told = facts(PAID.replace("CO*45*46.6", "CO*45*lots"), "92.5")
    assert len(told.unreadable) == 1
    assert told.unreadable[0].startswith("CAS03 (segment ")


def test_denial_is_not_told_by_status_alone() -> None:
    (denied,) = facts(DENIED, "0").claims
    (quiet,) = facts(DENIED.replace("CASE1*4", "CASE1*1"), "0").claims
    deductible = DENIED.replace("CASE1*4", "CASE1*1").replace("CAS*CO*29", "CAS*PR*1")
    (shared,) = facts(deductible, "0").claims
    assert (denied.is_denial, quiet.is_denial, shared.is_denial) == (True, True, False)


def test_reversal_is_told_by_its_status() -> None:
    reversed_claim, paid_claim = facts(REVERSED + PAID, "0").claims
    assert (reversed_claim.is_reversal, paid_claim.is_reversal) == (True, False)
    assert (reversed_claim.number, paid_claim.number) == (1, 2)


def test_rendering_provider_counts_only_with_an_npi() -> None:
    named = PAID.replace(PATIENT, f"{PATIENT}NM1*82*1*Okafor*****XX*1999000114~")
    assert facts(named, "92.5").claims[0].rendering_npi == "1999000114"
    other = named.replace("*XX*", "*BS*")
    assert facts(other, "92.5").claims[0].rendering_npi == ""


def test_line_of_which_a_prior_payer_left_nothing_is_not_denied() -> None:
    service = "SVC*HC:90834*145*0**1~DTM*472*20261102~CAS*{adjusted}*145~"
    for adjusted, is_denied in (("OA*23", False), ("CO*96", True)):
        head = "CLP*C1*2*145*0**12*P1*11*1~NM1*QC*1*Quill*Nora****MI*CHP1~"
        found = facts(f"{head}{service.format(adjusted=adjusted)}", "0")
        assert [one.is_denied for one in found.claims[0].services] == [is_denied]
