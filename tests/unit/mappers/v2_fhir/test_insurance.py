"""IN1, IN2 and GT1: coverages, payors, subscribers, accounts and guarantors."""

import pytest

from hl7.message import parse
from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped, merge
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message
from mappers.v2_fhir.snapshot import AS_OF, dated, lay

FEED = Feed("clinic", {"PAYERS": "https://parity.example/payer-id"})
HEADER = "MSH|^~\\&|B|F|C|W|20260102030405+0000||BAR^{}|M1|P|2.5.1"
EVN = "EVN|{}|20260102030000"
RELATION = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"


def line(id: str, fields: dict[int, str]) -> str:
    """Return a segment from its fields by number."""
    return "|".join([id, *(fields.get(at, "") for at in range(1, max(fields) + 1))])


PERSON = {3: "7^^^A^MR", 5: "DOE^JO", 7: "20100101", 8: "F", 18: "ACC7^^^B^AN"}
PID = line("PID", PERSON)
IN1 = {
    1: "1",
    2: "GOLD^Gold plan",
    3: "60054^^^PAYERS^NIIP",
    4: "Example Health",
    5: "1 Main St^^Town^WA^98000",
    7: "5550100",
    8: "GRP9",
    9: "Dockworkers",
    12: "20260101",
    13: "20261231",
    15: "HMO",
    16: "DOE^PAT",
    17: "MTH^Mother^HL70063",
    18: "19800203",
    19: "2 Pine St^^Town^WA^98000",
    22: "2",
    36: "W123456789",
    43: "F",
}


def mapped(event: str, *segments: str) -> Mapped:
    data = "\r".join((HEADER.format(event), EVN.format(event), *segments))
    return map_message(parse(data.encode()), FEED)


def all_of(result: Mapped, type: str) -> list[JsonObject]:
    return [one.resource for one in result.entries if one.resource["resourceType"] == type]


def entry(result: Mapped, type: str) -> Entry:
    (found,) = (one for one in result.entries if one.resource["resourceType"] == type)
    return found


def insured(changes: dict[int, str] | None = None, *further: str) -> Mapped:
    return mapped("P01", PID, line("IN1", IN1 | (changes or {})), *further)


def test_insurance_becomes_coverage_payor_and_subscriber() -> None:
    result = insured()
    coverage = entry(result, "Coverage").resource
    assert coverage["status"] == "active"
    assert coverage["subscriberId"] == "W123456789"
    assert coverage["order"] == 2
    assert coverage["period"] == {"start": "2026-01-01", "end": "2026-12-31"}
    assert read(coverage, "type.coding.code") == ["HMO"]
    assert read(coverage, f"relationship.coding[system={RELATION}].code") == ["child"]
    assert read(coverage, "class.type.coding.code") == ["plan", "group"]
    assert read(coverage, "class.value") == ["GOLD", "GRP9"]
    assert read(coverage, "class.name") == ["Gold plan", "Dockworkers"]
    payor = entry(result, "Organization")
    assert payor.mode == "create"
    assert read(payor.resource, "identifier.system") == ["https://parity.example/payer-id"]
    assert read(coverage, "payor.reference") == [payor.full_url]
    subscriber = entry(result, "RelatedPerson")
    assert read(subscriber.resource, "name.given") == ["PAT"]
    assert read(subscriber.resource, "relationship.coding[0].code") == ["MTH"]
    assert read(coverage, "subscriber.reference") == [subscriber.full_url]
    assert read(subscriber.resource, "patient") == read(coverage, "beneficiary")
    assert result.unmapped == ()
    assert result.untranslated == ()


def test_account_holds_its_coverages_by_priority() -> None:
    second = line("IN1", {**IN1, 1: "2", 3: "777^^^PAYERS^NIIP", 22: "1", 36: "Z1"})
    result = insured(None, second)
    account = entry(result, "Account").resource
    numbers = {
        one.full_url: one.resource["subscriberId"]
        for one in result.entries
        if one.resource["resourceType"] == "Coverage"
    }
    order = [numbers[str(one)] for one in read(account, "coverage.coverage.reference")]
    assert order == ["Z1", "W123456789"]
    assert read(account, "coverage.priority") == [1, 2]
    assert read(account, "identifier.value") == ["ACC7"]
    assert account["status"] == "active"


def test_patient_who_is_the_insured_is_the_subscriber() -> None:
    own = {16: "DOE^JO", 17: "SEL", 18: "20100101", 19: "", 43: "F"}
    result = insured(own)
    coverage = entry(result, "Coverage").resource
    assert read(coverage, "subscriber.reference") == [entry(result, "Patient").full_url]
    assert all_of(result, "RelatedPerson") == []
    assert result.unmapped == ()


def test_what_differs_of_a_patient_who_is_the_insured_is_listed() -> None:
    own = {16: "ROE^JO", 17: "SEL", 18: "20100101", 19: "", 43: "M"}
    assert [one.path for one in insured(own).unmapped] == ["IN1-16", "IN1-43"]


@pytest.mark.parametrize(
    ("sent", "born", "relationship"),
    [
        ("SPO", "19800101", "spouse"),
        ("PAR", "19800101", "child"),
        ("GRD", "", "child"),
        ("CHD", "", "parent"),
        ("CHD", "20300101", "parent"),
        ("CHD", "19800101", "child"),
        ("DOM", "", "common"),
        ("GRP", "", "other"),
    ],
)
def test_relationship_is_what_the_patient_is_to_the_insured(
    sent: str, born: str, relationship: str
) -> None:
    coverage = entry(insured({17: sent, 18: born}), "Coverage").resource
    assert read(coverage, f"relationship.coding[system={RELATION}].code") == [relationship]


def test_relationship_of_the_sender_is_work_for_a_person() -> None:
    result = insured({17: "Q7"})
    coverage = entry(result, "Coverage").resource
    assert read(coverage, "relationship.coding.code") == ["Q7"]
    assert {(one.codes, one.code) for one in result.untranslated} == {
        ("v2-0063-subscriber", "Q7"),
        ("v2-0063", "Q7"),
    }


def test_relationship_without_a_translation_is_kept_and_is_no_work() -> None:
    result = insured({17: "OTH^Other^HL70063"})
    person = entry(result, "RelatedPerson").resource
    assert read(person, "relationship.coding.code") == ["OTH"]
    assert result.untranslated == ()


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({36: "P1", 49: "M1^^^A"}, "P1"),
        ({36: "", 49: "M1^^^A"}, "M1"),
        ({36: "", 49: ""}, None),
    ],
)
def test_number_on_the_card(fields: dict[int, str], number: str | None) -> None:
    assert entry(insured(fields), "Coverage").resource.get("subscriberId") == number


def test_further_numbers_of_the_insured_stand_as_identifiers() -> None:
    in2 = line("IN2", {1: "E5^^^ACME", 2: "999-00-1111", 6: "1EG4-TE5-MK73", 8: "MA1", 61: "X^^^A"})
    result = insured(None, in2)
    kinds = read(entry(result, "Coverage").resource, "identifier.type.coding.code")
    assert kinds == ["MB", "MC", "MA"]
    kinds = read(entry(result, "RelatedPerson").resource, "identifier.type.coding.code")
    assert kinds == ["SS", "EI"]
    assert result.unmapped == ()


def test_same_insurance_again_is_the_same_coverage() -> None:
    first, second = insured(), insured({13: "20270630", 19: "3 Oak St^^Town"})
    for type in ("Coverage", "RelatedPerson", "Organization", "Account"):
        assert entry(first, type).match == entry(second, type).match, type


def test_another_number_is_another_coverage() -> None:
    assert entry(insured(), "Coverage").match != entry(insured({36: "W2"}), "Coverage").match


def test_two_patients_of_one_plan_have_their_own_coverage() -> None:
    other = mapped("P01", line("PID", PERSON | {3: "8^^^A^MR"}), line("IN1", IN1))
    assert entry(insured(), "Coverage").match != entry(other, "Coverage").match


def test_update_of_a_coverage_changes_what_it_values() -> None:
    stored = entry(insured(), "Coverage").resource
    update = entry(insured({12: "", 13: "20260630", 2: "SILVER^Silver", 8: "", 9: ""}), "Coverage")
    merged = merge(stored, update)
    assert merged["period"] == {"start": "2026-01-01", "end": "2026-06-30"}
    assert sorted(map(str, read(merged, "class.value"))) == ["GRP9", "SILVER"]
    assert merge(stored | {"status": "cancelled"}, update)["status"] == "cancelled"


def test_deleted_end_of_a_coverage_goes() -> None:
    stored = entry(insured(), "Coverage").resource
    merged = merge(stored, entry(insured({13: '""'}), "Coverage"))
    assert merged["period"] == {"start": "2026-01-01"}


@pytest.mark.parametrize(
    ("action", "status"), [("A", "active"), ("U", "active"), ("D", "cancelled"), ("", "active")]
)
def test_action_on_an_insurance(action: str, status: str) -> None:
    assert entry(insured({55: action}), "Coverage").resource["status"] == status


def test_payor_without_a_number_is_known_by_its_name() -> None:
    named = entry(insured({3: "", 4: "Example  Health"}), "Organization")
    again = entry(insured({3: "", 4: "EXAMPLE HEALTH"}), "Organization")
    assert named.match == again.match
    assert named.resource["name"] == "Example  Health"


def test_coverage_without_a_payor_says_so() -> None:
    coverage = entry(insured({3: "", 4: ""}), "Coverage").resource
    assert read(coverage, "payor.display") == ["not named by the sender"]


GT1 = {1: "1", 2: "G1^^^B", 3: "DOE^PAT", 5: "2 Pine St^^Town", 6: "5550101", 8: "19800203",
       9: "F", 11: "MTH", 13: "20260101", 15: "1"}  # fmt: skip


def test_guarantor_is_a_person_of_the_patient() -> None:
    result = mapped("P01", PID, line("GT1", GT1))
    person = entry(result, "RelatedPerson")
    assert read(person.resource, "telecom.use") == ["home"]
    assert read(entry(result, "Account").resource, "guarantor") == [
        {"party": {"reference": person.full_url}, "period": {"start": "2026-01-01"}}
    ]
    assert result.unmapped == ()


def test_guarantors_stand_by_their_priority() -> None:
    later = line("GT1", {**GT1, 2: "", 3: "ROE^SAM", 15: "2"})
    none = line("GT1", {**GT1, 2: "", 3: "", 11: "", 15: "", 21: "Example Works"})
    first = line("GT1", GT1)
    result = mapped("P01", PID, none, later, first)
    account = entry(result, "Account").resource
    people = {one.full_url: one.resource for one in result.entries}
    shown = [
        *read(people[str(read(account, "guarantor[0].party.reference")[0])], "name.family"),
        *read(people[str(read(account, "guarantor[1].party.reference")[0])], "name.family"),
        *read(account, "guarantor[2].party.display"),
    ]
    assert shown == ["DOE", "ROE", "Example Works"]


def test_patient_may_guarantee() -> None:
    result = mapped("P01", PID, line("GT1", {**GT1, 3: "DOE^JO", 11: "SEL", 22: "Y"}))
    guarantor = read(entry(result, "Account").resource, "guarantor[0]")[0]
    assert read(guarantor, "party.reference") == [entry(result, "Patient").full_url]
    assert read(guarantor, "onHold") == [True]


@pytest.mark.parametrize(
    ("event", "status", "defaults", "stays"),
    [
        ("P01", "active", (), ()),
        ("P05", "active", ("status",), ("inactive", "entered-in-error")),
        ("P06", "inactive", (), ("inactive", "entered-in-error")),
        ("P02", "inactive", (), ("inactive", "entered-in-error")),
        ("P12", "active", ("status",), ("inactive", "entered-in-error")),
    ],
)
def test_event_gives_the_status_of_the_account(
    event: str, status: str, defaults: tuple[str, ...], stays: tuple[str, ...]
) -> None:
    account = entry(mapped(event, PID), "Account")
    assert (account.resource["status"], account.defaults, account.stays) == (
        status,
        defaults,
        stays,
    )


def test_end_of_an_account_ends_its_period_and_keeps_the_start() -> None:
    opened = entry(mapped("P01", PID, line("PV1", {2: "O", 19: "V1", 44: "20260101"})), "Account")
    ended = entry(mapped("P06", PID), "Account")
    assert merge(opened.resource, ended)["servicePeriod"] == {
        "start": "2026-01-01",
        "end": "2026-01-02T03:00:00+00:00",
    }


def test_visit_is_charged_to_the_account() -> None:
    result = mapped("P01", PID, line("PV1", {2: "O", 19: "V1"}))
    visit = entry(result, "Encounter")
    assert read(visit.resource, "account.reference") == [entry(result, "Account").full_url]
    assert visit.defaults == ("status",)


def test_purge_names_the_accounts_of_several_patients() -> None:
    other = line("PID", PERSON | {3: "8^^^A^MR", 18: "ACC8^^^B^AN"})
    result = mapped("P02", PID, other)
    assert len(all_of(result, "Account")) == len(all_of(result, "Patient")) == 2


@pytest.mark.parametrize("event", ["P01", "P02", "P05", "P06"])
def test_account_event_without_an_account_is_refused(event: str) -> None:
    with pytest.raises(MapError, match="PID-18"):
        mapped(event, line("PID", {3: "7^^^A^MR"}))


def test_message_without_a_patient_is_refused() -> None:
    with pytest.raises(MapError, match="PID"):
        mapped("P01")


AS_OF_LATER: JsonValue = {"url": AS_OF, "valueDateTime": "2027-01-01T00:00:00+00:00"}


def test_message_that_comes_late_takes_back_nothing_of_an_account() -> None:
    late = entry(mapped("P05", PID, line("IN1", IN1 | {13: "20990101"})), "Coverage")
    stored = dated(entry(insured(), "Coverage")) | {"meta": {"extension": [AS_OF_LATER]}}
    assert lay(stored, late)["period"] == {"start": "2026-01-01", "end": "2026-12-31"}
