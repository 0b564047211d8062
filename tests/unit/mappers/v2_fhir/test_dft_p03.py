"""DFT: charges, credits, and what waits for a person, as the map alone sees them."""

from decimal import Decimal

import pytest

from hl7.message import parse
from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

PID = "PID|1||7^^^A^MR||DOE^JO|||||||||||||ACC7^^^B^AN"
PV1 = "PV1|1|O" + "|" * 17 + "V1^^^A^VN"
FT1 = {
    1: "1", 2: "T1", 4: "20260310", 5: "20260311", 6: "CG", 7: "PSY50^Session^L", 10: "1",
    11: "150.00&USD", 13: "CC1^Cost centre", 16: "CLINIC^R2", 19: "F41.1^^I10C~F32.9",
    20: "1999000114^Okafor^Adaeze^^^Dr^^^NPI", 21: "1999000122^Vale^Ines", 23: "F9^LAB",
    24: "77^Lind^Petra", 25: "90834^Psychotherapy^C4", 26: "95~HJ",
}  # fmt: skip


def line(id: str, fields: dict[int, str]) -> str:
    return "|".join([id, *(fields.get(at, "") for at in range(1, max(fields) + 1))])


def mapped(*segments: str, event: str = "P03", control: str = "M1") -> Mapped:
    header = f"MSH|^~\\&|B|F|C|W|20260311080000-0800||DFT^{event}^DFT_P03|{control}|P|2.5.1"
    return map_message(parse("\r".join((header, *segments)).encode()), Feed("billing"))


def charged(fields: dict[int, str] | None = None, *further: str, control: str = "M1") -> Mapped:
    return mapped(PID, PV1, line("FT1", FT1 | (fields or {})), *further, control=control)


def entry(result: Mapped, type: str) -> Entry:
    (found,) = (one for one in result.entries if one.resource["resourceType"] == type)
    return found


def item(result: Mapped) -> JsonObject:
    return entry(result, "ChargeItem").resource


def amounts(charge: JsonObject) -> list[JsonValue]:
    return [*read(charge, "quantity.value"), *read(charge, "priceOverride.value")]


def extension(charge: JsonObject, name: str, value: str) -> list[JsonValue]:
    url = f"https://parity.example/fhir/StructureDefinition/{name}"
    return read(charge, f"extension[url={url}].{value}")


def test_charge_becomes_a_charge_item_of_the_visit_and_the_account() -> None:
    result = charged()
    found = item(result)
    assert found["status"] == "billable"
    assert read(found, "identifier.value") == ["T1"]
    assert read(found, "code.coding.code") == ["90834", "PSY50"]
    assert read(found, "code.text") == ["Session"]
    assert found["occurrenceDateTime"] == "2026-03-10"
    assert found["enteredDate"] == "2026-03-11"
    assert amounts(found) == [Decimal(1), Decimal("150.00")]
    assert str(read(found, "priceOverride.value")[0]) == "150.00"
    assert read(found, "context.reference") == [entry(result, "Encounter").full_url]
    assert read(found, "account.reference") == [entry(result, "Account").full_url]
    assert read(found, "subject.reference") == [entry(result, "Patient").full_url]
    assert read(found, "performer.function.coding.code") == ["PRF", "OP"]
    assert read(found, "reason.coding.code") == ["F41.1", "F32.9"]
    assert set(map(str, read(found, "reason.coding.system"))) == {
        "http://hl7.org/fhir/sid/icd-10-cm"
    }
    assert extension(found, "charge-modifier", "valueCodeableConcept.coding.code") == ["95", "HJ"]
    assert extension(found, "charge-location", "valueReference.display") == ["CLINIC, R2"]
    assert read(found, "costCenter.display") == ["Cost centre"]
    assert read(found, "supportingInformation.identifier.value") == ["F9"]
    assert read(found, "enterer.display") == ["Petra Lind"]
    assert entry(result, "ChargeItem").mode == "create"
    assert result.unmapped == ()


@pytest.mark.parametrize("event", ["P03", "P11"])
def test_both_events_bring_charges(event: str) -> None:
    assert item(mapped(PID, line("FT1", FT1), event=event))["status"] == "billable"


@pytest.mark.parametrize(
    ("fields", "quantity", "price"),
    [
        ({}, "1", "150.00"),
        ({10: ""}, "1", "150.00"),
        ({10: "2", 11: "300.00"}, "2", "300.00"),
        ({10: "3", 11: "", 12: "33.33"}, "3", "99.99"),
        ({10: "0.5", 11: "", 12: "99.99"}, "0.5", "50.00"),
        ({10: "1", 11: "0"}, "1", "0"),
        ({10: "1", 11: "1234567890.12"}, "1", "1234567890.12"),
        ({10: "1", 11: "0.10&USD"}, "1", "0.10"),
        ({10: "7", 11: "0.7", 12: "0.1"}, "7", "0.7"),
        ({10: "x", 11: "150"}, "1", "150"),
    ],
)
def test_amounts_are_exact(fields: dict[int, str], quantity: str, price: str) -> None:
    found = item(charged(fields))
    assert list(map(str, amounts(found))) == [quantity, price]


@pytest.mark.parametrize(
    ("fields", "currency"),
    [({11: "5&CAD"}, "CAD"), ({11: "5"}, "USD"), ({11: "5&usd"}, "USD"), ({11: "5&$"}, "USD")],
)
def test_currency(fields: dict[int, str], currency: str) -> None:
    assert read(item(charged(fields)), "priceOverride.currency") == [currency]


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({6: "CR"}, ["-1", "-150.00"]),
        ({6: "CD"}, ["-1", "-150.00"]),
        ({6: "CR", 10: "-1", 11: "-150.00"}, ["-1", "-150.00"]),
        ({6: "CG", 10: "-1", 11: "-150.00"}, ["-1", "-150.00"]),
        ({6: "CG", 10: "1", 11: "-150.00"}, ["-1", "-150.00"]),
        ({6: "CR", 10: "2", 11: "", 12: "75"}, ["-2", "-150"]),
    ],
)
def test_credit_is_a_negative_charge_of_its_own(fields: dict[int, str], amount: list[str]) -> None:
    charge, credit = charged(), charged(fields)
    assert entry(charge, "ChargeItem").match != entry(credit, "ChargeItem").match
    assert list(map(str, amounts(item(credit)))) == amount
    assert read(item(credit), "partOf.identifier.value") == ["T1"]


def test_credit_names_the_charge_by_its_reference_key() -> None:
    credit = item(charged({2: "T9", 6: "CR", 31: "T1"}))
    assert read(credit, "partOf.identifier.value") == ["T1"]
    assert read(credit, "identifier[1].value") == ["T9"]


@pytest.mark.parametrize(
    ("type", "code"),
    [("PY", "payment"), ("AJ", "adjustment"), ("CO", "copayment"), ("XX", "unknown")],
)
def test_what_is_no_charge_waits_for_a_person(type: str, code: str) -> None:
    result = charged({6: type, 30: "CHK55", 31: "T1"})
    task = entry(result, "Task").resource
    assert not [one for one in result.entries if one.resource["resourceType"] == "ChargeItem"]
    assert read(task, "code.coding.code") == [code]
    assert task["status"] == "requested"
    inputs = {str(read(one, "type.text")[0]): one for one in read(task, "input")}
    assert read(inputs["amount"], "valueMoney") == [{"value": Decimal("150.00"), "currency": "USD"}]
    assert read(inputs["type"], "valueString") == [type]
    assert read(task, "identifier.value")[1:] == ["T1", "CHK55"]


def test_empty_type_is_a_charge() -> None:
    assert item(charged({6: ""}))["status"] == "billable"


@pytest.mark.parametrize(
    "fields", [{7: "", 25: ""}, {11: ""}, {11: "12,50"}], ids=["no-code", "no-price", "no-number"]
)
def test_charge_that_cannot_be_billed_waits_for_a_person(fields: dict[int, str]) -> None:
    result = charged(fields)
    assert item(result)["status"] == "planned"
    task = entry(result, "Task").resource
    assert read(task, "code.coding.code") == ["charge-incomplete"]
    assert read(task, "focus.reference") == [entry(result, "ChargeItem").full_url]


@pytest.mark.parametrize(
    ("sent", "system"),
    [
        ("90834", "http://www.ama-assn.org/go/cpt"),
        ("0362T", "http://www.ama-assn.org/go/cpt"),
        ("G0480", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"),
        ("H0015^IOP^HCPCS", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"),
        ("626.2", None),
        ("PSY50", None),
    ],
)
def test_system_of_a_procedure_is_told_by_its_form(sent: str, system: str | None) -> None:
    found = item(charged({7: "", 25: sent}))
    assert read(found, "code.coding[0].system") == ([system] if system else [])


def test_same_transaction_number_is_the_same_charge() -> None:
    first, again = charged(), charged({11: "99"}, control="M2")
    assert entry(first, "ChargeItem").match == entry(again, "ChargeItem").match


@pytest.mark.parametrize(
    ("fields", "control", "same"),
    [
        ({}, "M1", True),
        ({}, "M2", False),
        ({1: "2"}, "M1", False),
        ({4: "20260309"}, "M1", False),
        ({25: "90837"}, "M1", False),
        ({11: "151.00"}, "M1", True),
    ],
    ids=["again", "other-message", "other-place", "other-day", "other-code", "other-price"],
)
def test_charge_without_a_number_is_known_by_place_message_code_and_day(
    fields: dict[int, str], control: str, same: bool
) -> None:
    first = entry(charged({2: ""}), "ChargeItem")
    other = entry(charged({2: "", **fields}, control=control), "ChargeItem")
    assert (first.match == other.match) is same


def test_charges_of_two_feeds_with_one_number_are_two() -> None:
    text = "\r".join(("MSH|^~\\&|B|F|C|W|20260311||DFT^P03|1|P|2.5.1", PID, line("FT1", FT1)))
    here, there = (map_message(parse(text.encode()), Feed(name)) for name in ("a", "b"))
    assert entry(here, "ChargeItem").match != entry(there, "ChargeItem").match


def test_stay_has_a_period() -> None:
    found = item(charged({4: "20260310^20260312"}))
    assert found["occurrencePeriod"] == {"start": "2026-03-10", "end": "2026-03-12"}
    assert "occurrenceDateTime" not in found


def test_drug_authorization_and_revenue() -> None:
    result = charged({29: "00182106105^Drug", 39: "AUTH1", 41: "0905"})
    found = item(result)
    assert read(found, "productCodeableConcept.coding.system") == ["http://hl7.org/fhir/sid/ndc"]
    assert extension(found, "charge-authorization", "valueIdentifier.value") == ["AUTH1"]
    assert extension(found, "charge-revenue", "valueCodeableConcept.coding.code") == ["0905"]


def test_diagnoses_of_the_message_explain_charges_without_their_own() -> None:
    other = line("FT1", FT1 | {1: "2", 2: "T2", 19: ""})
    result = mapped(PID, line("FT1", FT1), other, "DG1|1||F10.20^Alcohol^I10C", "DG1|2||Z79.899")
    reasons = [
        read(one.resource, "reason.coding.code")
        for one in result.entries
        if one.resource["resourceType"] == "ChargeItem"
    ]
    assert reasons == [["F41.1", "F32.9"], ["F10.20", "Z79.899"]]


def test_diagnosis_between_charges_belongs_to_the_one_before() -> None:
    one, two, three = (line("FT1", FT1 | {1: n, 2: f"T{n}", 19: ""}) for n in "123")
    result = mapped(PID, one, "DG1|1||F11.20", two, "DG1|1||F12.20", three, "DG1|1||F13.20")
    reasons = [
        read(one.resource, "reason.coding.code")
        for one in result.entries
        if one.resource["resourceType"] == "ChargeItem"
    ]
    assert reasons == [["F11.20"], ["F12.20"], ["F13.20"]]


def test_note_of_a_charge() -> None:
    result = charged(None, "NTE|1||Late entry", "NTE|2||Signed")
    assert read(item(result), "note.text") == ["Late entry\nSigned"]


@pytest.mark.parametrize(
    ("segments", "path"),
    [((PID,), "FT1"), ((line("FT1", FT1),), "PID")],
    ids=["no-charge", "nobody"],
)
def test_message_without_charge_or_patient_is_refused(segments: tuple[str, ...], path: str) -> None:
    with pytest.raises(MapError, match=f"^{path}: "):
        mapped(*segments)


def test_bare_reference_is_numbered_by_who_numbers_the_credit() -> None:
    credit = item(charged({2: "9^^^PARITY", 6: "CR", 31: "1"}))
    charge = item(charged({2: "1^^^PARITY"}))
    assert read(credit, "partOf.identifier.system") == read(charge, "identifier.system")


def test_procedure_told_with_a_charge_is_its_service() -> None:
    done = "PR1|1||90834^Psychotherapy^C4||202603100900"
    result = mapped(PID, PV1, line("FT1", FT1), done, line("FT1", FT1 | {1: "2", 2: "T2"}))
    services = [
        read(one.resource, "service.reference")
        for one in result.entries
        if one.resource["resourceType"] == "ChargeItem"
    ]
    assert services == [[entry(result, "Procedure").full_url], []]


def test_diagnoses_of_charges_retract_no_other() -> None:
    result = charged(None, "DG1|1||F41.1^Anxiety^I10C|||F")
    assert read(entry(result, "Condition").resource, "code.coding.code") == ["F41.1"]
    assert result.complete == ()
    assert result.unmapped == ()


def charges(result: Mapped) -> list[JsonObject]:
    return [one.resource for one in result.entries if one.resource["resourceType"] == "ChargeItem"]


def test_number_of_the_visit_on_every_charge_loses_none() -> None:
    other = line("FT1", FT1 | {1: "2", 25: "90837", 11: "200.00"})
    result = charged(None, other)
    assert [str(read(one, "priceOverride.value")[0]) for one in charges(result)] == [
        "150.00",
        "200.00",
    ]
    again = charged(None, other, control="M2")
    assert [one.match for one in again.entries] == [one.match for one in result.entries]


def test_charge_twice_in_a_message_is_one_and_is_told() -> None:
    result = charged(None, line("FT1", FT1 | {1: "2"}))
    assert len(charges(result)) == 1
    assert [(one.path, one.reason) for one in result.unmapped] == [("FT1(2)", "overruled")]


@pytest.mark.parametrize("digits", ["9" * 13, "9" * 60, "1." + "1" * 60, "1e5", "NaN", "٣"])
def test_number_beyond_any_charge_is_no_number(digits: str) -> None:
    result = charged({10: digits, 11: "", 12: digits})
    assert item(result)["status"] == "planned"
    assert "FT1-12" in [one.path for one in result.unmapped]
