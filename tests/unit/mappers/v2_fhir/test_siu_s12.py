"""SIU: appointments by event, their times, participants and orders; slots."""

import pytest

from hl7.message import parse
from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped, merge
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

FEED = Feed("desk")
PID = "PID|1||7^^^A^MR||DOE^JO"
SCH = {1: "P1", 2: "F1", 6: "NEW", 7: "FOLLOWUP", 8: "Normal", 9: "50", 10: "min"}
TQ1 = "TQ1|1||||||20260310090000-0800|20260310095000-0800|R"
AIS = "AIS|1||90834^Psychotherapy^C4|20260310090000-0800|||50|min||Booked"
AIP = "AIP|1||1999000114^Okafor^Adaeze^^^Dr^^^NPI|ATND^Attending|||||50|min||Booked"
AIL = "AIL|1||CLINIC^R2|C^Clinic||20260310090000-0800|||50|min||Pending"
AIG = "AIG|1||VIDEO^Video link|EQ^Equipment"
RGS = "RGS|1"
TIME = "20260301080000-0800"


def line(id: str, fields: dict[int, str]) -> str:
    return "|".join([id, *(fields.get(at, "") for at in range(1, max(fields) + 1))])


def mapped(event: str, *segments: str, time: str = TIME) -> Mapped:
    header = f"MSH|^~\\&|D|F|C|W|{time}||SIU^{event}^SIU_S12|M1|P|2.5.1"
    return map_message(parse("\r".join((header, *segments)).encode()), FEED)


def sch(fields: dict[int, str] | None = None) -> str:
    return line("SCH", SCH | (fields or {}))


def booked(event: str = "S12", fields: dict[int, str] | None = None, time: str = TIME) -> Mapped:
    return mapped(event, sch(fields), TQ1, PID, RGS, AIS, AIG, AIL, AIP, time=time)


def entry(result: Mapped, type: str) -> Entry:
    (found,) = (one for one in result.entries if one.resource["resourceType"] == type)
    return found


def appointment(result: Mapped) -> JsonObject:
    return entry(result, "Appointment").resource


def test_booking_becomes_an_appointment() -> None:
    result = booked()
    found = appointment(result)
    assert found["status"] == "booked"
    assert found["start"] == "2026-03-10T09:00:00-08:00"
    assert found["end"] == "2026-03-10T09:50:00-08:00"
    assert found["minutesDuration"] == 50
    assert found["priority"] == 5
    assert read(found, "identifier.type.coding.code") == ["PLAC", "FILL"]
    assert read(found, "identifier.value") == ["P1", "F1"]
    assert read(found, "serviceType.coding.code") == ["90834"]
    assert read(found, "reasonCode.coding.code") == ["185389009", "FOLLOWUP"]
    assert read(found, "appointmentType.coding.code") == ["Normal"]
    assert read(found, "participant.actor.reference") == [entry(result, "Patient").full_url]
    assert read(found, "participant.actor.type") == ["Practitioner", "Location", "Device"]
    assert read(found, "participant.status") == ["accepted", "accepted", "needs-action", "accepted"]
    assert result.unmapped == ()
    assert result.untranslated == ()


@pytest.mark.parametrize(
    ("event", "told", "status"),
    [
        ("S12", "", "booked"),
        ("S12", "Booked", "booked"),
        ("S12", "Pending", "pending"),
        ("S12", "Waitlist", "waitlist"),
        ("S12", "Complete", "fulfilled"),
        ("S12", "Cancelled", "booked"),
        ("S12", "Noshow", "booked"),
        ("S12", "Deleted", "booked"),
        ("S13", "", "booked"),
        ("S13", "Pending", "pending"),
        ("S13", "Cancelled", "booked"),
        ("S13", "Complete", "booked"),
        ("S14", "Started", "checked-in"),
        ("S14", "Complete", "fulfilled"),
        ("S14", "Cancelled", "cancelled"),
        ("S14", "Noshow", "noshow"),
        ("S15", "", "cancelled"),
        ("S15", "Booked", "cancelled"),
        ("S15", "Noshow", "noshow"),
        ("S16", "Booked", "cancelled"),
        ("S17", "Booked", "entered-in-error"),
        ("S17", "", "entered-in-error"),
        ("S19", "Booked", "booked"),
        ("S26", "Booked", "noshow"),
        ("S26", "Cancelled", "noshow"),
        ("S26", "", "noshow"),
    ],
)
def test_event_beats_the_filler_status(event: str, told: str, status: str) -> None:
    assert appointment(booked(event, {25: told}))["status"] == status


@pytest.mark.parametrize("event", ["S14", "S18", "S19", "S20", "S21", "S22"])
def test_event_without_a_status_leaves_the_stored_one(event: str) -> None:
    stored = appointment(booked()) | {"status": "arrived"}
    assert merge(stored, entry(booked(event), "Appointment"))["status"] == "arrived"


def test_rescheduled_appointment_is_the_same_at_another_time() -> None:
    first = entry(booked(), "Appointment")
    moved = TQ1.replace("20260310", "20260312")
    later = mapped("S13", sch(), moved, PID, RGS, AIS.replace("0310", "0312"), AIP)
    second = entry(later, "Appointment")
    assert second.match == first.match
    merged = merge(first.resource, second)
    assert merged["start"] == "2026-03-12T09:00:00-08:00"
    assert merged["end"] == "2026-03-12T09:50:00-08:00"


def test_cancelled_appointment_says_why_and_keeps_its_participants() -> None:
    first = appointment(booked())
    cancel = entry(mapped("S15", sch({6: "PT^Patient asked^L"}), PID), "Appointment")
    merged = merge(first, cancel)
    assert merged["status"] == "cancelled"
    assert read(merged, "cancelationReason.text") == ["Patient asked"]
    assert len(read(merged, "participant.actor")) == 4
    assert merged["start"] == first["start"]


def test_appointment_booked_again_is_not_cancelled_any_more() -> None:
    cancelled = appointment(booked("S15", {6: "PT"}))
    assert "cancelationReason" in cancelled
    again = entry(booked("S13", time="20260302080000-0800"), "Appointment")
    merged = merge(cancelled, again)
    assert merged["status"] == "booked"
    assert "cancelationReason" not in merged


ORDERS = [
    ("S12", "S15", "cancelled"),
    ("S13", "S15", "cancelled"),
    ("S12", "S26", "noshow"),
    ("S14", "S17", "entered-in-error"),
    ("S15", "S13", "booked"),
    ("S17", "S12", "booked"),
    ("S26", "S13", "booked"),
]


@pytest.mark.parametrize(("first", "second", "status"), ORDERS)
@pytest.mark.parametrize("order", ["in-order", "late"])
def test_events_leave_the_later_state_in_any_order(
    order: str, first: str, second: str, status: str
) -> None:
    early = entry(booked(first, time="20260301080000-0800"), "Appointment")
    late = entry(booked(second, time="20260301080001-0800"), "Appointment")
    pair = (early, late) if order == "in-order" else (late, early)
    assert merge(pair[0].resource, pair[1])["status"] == status


@pytest.mark.parametrize("stored", ["fulfilled", "cancelled", "noshow", "checked-in"])
def test_booking_without_a_time_takes_nothing_back(stored: str) -> None:
    late = entry(booked(time=""), "Appointment")
    current = appointment(booked(time="")) | {"status": stored}
    assert merge(current, late)["status"] == stored


def test_same_event_again_changes_nothing() -> None:
    first = entry(booked(), "Appointment")
    assert merge(first.resource, first) == first.resource


@pytest.mark.parametrize(
    ("event", "kept"), [("S13", ["Dr Ines Vale"]), ("S14", ["Dr Ines Vale"]),
                        ("S18", ["Dr Adaeze Okafor", "Dr Ines Vale"])]
)  # fmt: skip
def test_resource_events_change_only_the_resources_they_name(event: str, kept: list[str]) -> None:
    stored = appointment(mapped("S12", sch(), TQ1, PID, RGS, AIP))
    other = AIP.replace("1999000114^Okafor^Adaeze", "1999000122^Vale^Ines")
    merged = merge(stored, entry(mapped(event, sch(), TQ1, PID, RGS, other), "Appointment"))
    people = [
        str(read(one, "actor.display")[0])
        for one in read(merged, "participant")
        if read(one, "actor.type") == ["Practitioner"]
    ]
    assert sorted(people) == kept


def test_deleted_resource_has_declined() -> None:
    stored = appointment(booked())
    gone = mapped("S22", sch(), PID, RGS, AIP.replace("AIP|1|", "AIP|1|D"))
    merged = merge(stored, entry(gone, "Appointment"))
    states = {
        str(read(one, "actor.type")): read(one, "status")
        for one in read(merged, "participant")
        if read(one, "actor.type")
    }
    assert states["['Practitioner']"] == ["declined"]
    assert states["['Device']"] == ["accepted"]


@pytest.mark.parametrize(
    ("fields", "minutes"),
    [
        ({9: "50", 10: "min"}, 50),
        ({9: "1", 10: "H"}, 60),
        ({9: "3000", 10: "s^seconds"}, 50),
        ({9: "45", 10: ""}, 45),
        ({9: "x", 10: "min"}, 50),
        ({9: "5", 10: "parsec"}, 50),
        ({9: "-5", 10: "min"}, 50),
        ({9: "", 10: ""}, 50),
    ],
)
def test_duration_in_minutes(fields: dict[int, str], minutes: int) -> None:
    assert appointment(booked(fields=fields))["minutesDuration"] == minutes


@pytest.mark.parametrize(
    ("segments", "start", "end"),
    [
        ((TQ1,), "2026-03-10T09:00:00-08:00", "2026-03-10T09:50:00-08:00"),
        ((AIS,), "2026-03-10T09:00:00-08:00", "2026-03-10T09:50:00-08:00"),
        ((AIL,), "2026-03-10T09:00:00-08:00", "2026-03-10T09:50:00-08:00"),
        (("TQ1|1||||||20260310090000-0800",), "2026-03-10T09:00:00-08:00", None),
    ],
)
def test_times_come_from_what_tells_them(
    segments: tuple[str, ...], start: str, end: str | None
) -> None:
    found = appointment(mapped("S12", sch({9: ""}), *segments, PID))
    assert (found.get("start"), found.get("end")) == (start, end)
    assert ("_end" in found) is (end is None)


def test_times_of_the_timing_quantity() -> None:
    quantity = "^^^20260310090000-0800^20260310093000-0800^S"
    found = appointment(mapped("S12", sch({9: "", 11: quantity}), PID))
    assert (found["end"], found["priority"]) == ("2026-03-10T09:30:00-08:00", 1)


def test_resource_that_begins_later_has_its_own_period() -> None:
    late = "AIP|1||1^Vale^Ines||||15|min|20|min"
    result = mapped("S12", sch(), TQ1, PID, RGS, late)
    assert read(appointment(result), "participant.period") == [
        {"start": "2026-03-10T09:15:00-08:00", "end": "2026-03-10T09:35:00-08:00"}
    ]
    assert result.unmapped == ()


@pytest.mark.parametrize(
    ("sent", "type"),
    [("ROOM", "Location"), ("L", "Location"), ("PROV", "Practitioner"), ("EQ", "Device")],
)
def test_general_resource_is_of_the_type_it_names(sent: str, type: str) -> None:
    result = mapped("S12", sch(), TQ1, PID, RGS, f"AIG|1||X1^Thing|{sent}")
    assert read(appointment(result), "participant.actor.type") == [type]


def test_contacts_take_part_for_information_only() -> None:
    people = {12: "1^ASK^ED", 16: "2^KEEP^FAY", 20: "3^TYPE^GIL"}
    found = appointment(mapped("S12", sch(people), TQ1, PID))
    told = [one for one in read(found, "participant") if read(one, "required[0]")]
    assert [read(one, "type.coding.code") for one in told] == [
        [],
        ["placer-contact"],
        ["filler-contact"],
        ["enterer"],
    ]
    assert [read(one, "required") for one in told[1:]] == [["information-only"]] * 3


def test_appointment_is_for_its_orders() -> None:
    result = mapped("S12", sch({26: "O1^CLINIC~O2^CLINIC", 27: "L1^LAB"}), TQ1, PID)
    orders = [one for one in result.entries if one.resource["resourceType"] == "ServiceRequest"]
    assert [read(one.resource, "identifier.value") for one in orders] == [["O1", "L1"], ["O2"]]
    assert {one.mode for one in orders} == {"create"}
    assert read(appointment(result), "basedOn.reference") == [one.full_url for one in orders]


def test_occurrences_of_a_series_are_told_apart() -> None:
    one, two = (entry(booked(fields={3: number, 4: "S9"}), "Appointment") for number in "12")
    assert one.match != two.match
    assert read(two.resource, "identifier.type.coding.code") == ["PLAC", "FILL", "PGN"]
    assert read(two.resource, "extension.valuePositiveInt") == [2]


def test_parents_of_a_series_are_named() -> None:
    found = appointment(booked(fields={23: "P0", 24: "F0"}))
    assert read(found, "supportingInformation.identifier.value") == ["P0", "F0"]
    assert read(found, "supportingInformation.type") == ["Appointment", "Appointment"]


def test_notes_are_the_comment() -> None:
    result = mapped("S12", sch(), TQ1, "NTE|1||Bring the form", PID, RGS, AIS, "NTE|1||Fasting")
    assert appointment(result)["comment"] == "Bring the form\nFasting"


def test_visit_is_of_the_appointment() -> None:
    result = mapped("S12", sch(), TQ1, PID, "PV1|1|O" + "|" * 17 + "V1^^^A^VN")
    visit = entry(result, "Encounter")
    assert (visit.resource["status"], visit.defaults) == ("planned", ("status",))
    assert read(visit.resource, "appointment.reference") == [entry(result, "Appointment").full_url]


def test_patients_of_a_group_take_part_together() -> None:
    result = mapped("S12", sch(), TQ1, PID, PID.replace("7^", "8^"), RGS, AIP)
    people = [one.full_url for one in result.entries if one.resource["resourceType"] == "Patient"]
    assert read(appointment(result), "participant.actor.reference") == people


def test_observation_told_with_an_appointment_supports_it() -> None:
    result = mapped("S12", sch(), TQ1, PID, "OBX|1|NM|44261-6^PHQ-9^LN||12|{score}||||||F")
    told = entry(result, "Observation")
    assert read(told.resource, "valueQuantity.value")
    references = read(appointment(result), "supportingInformation.reference")
    assert references == [told.full_url]


@pytest.mark.parametrize(("event", "status"), [("S23", "busy-unavailable"), ("S24", "free")])
def test_slots_of_resources_are_blocked_and_opened(event: str, status: str) -> None:
    result = mapped(event, sch(), TQ1, "NTE|1||Team day", RGS, AIP, AIL)
    slots = [one.resource for one in result.entries if one.resource["resourceType"] == "Slot"]
    assert [one["status"] for one in slots] == [status, status]
    assert [one["comment"] for one in slots] == ["Team day", "Team day"]
    assert {str(one["end"]) for one in slots} == {"2026-03-10T09:50:00-08:00"}
    schedules = [one for one in result.entries if one.resource["resourceType"] == "Schedule"]
    assert [read(one.resource, "actor.type") for one in schedules] == [
        ["Practitioner"],
        ["Location"],
    ]
    assert [read(one, "schedule.reference") for one in slots] == [
        [one.full_url] for one in schedules
    ]


def test_opened_slot_is_the_one_that_was_blocked() -> None:
    blocked, opened = (
        entry(mapped(event, sch(), TQ1, RGS, AIP), "Slot") for event in ("S23", "S24")
    )
    assert blocked.match == opened.match


@pytest.mark.parametrize(
    ("event", "segments", "path"),
    [
        ("S12", (PID,), "SCH"),
        ("S12", ("SCH|||1", TQ1, PID), "SCH-2"),
        ("S12", (line("SCH", {1: "P1"}), PID), "TQ1-7"),
        ("S13", (line("SCH", {2: "F1"}), PID), "TQ1-7"),
        ("S23", (sch(), TQ1), "AIP-6"),
        ("S23", ("SCH|||1", TQ1, RGS, AIP), "SCH-2"),
    ],
    ids=["no-sch", "no-number", "no-start", "moved-nowhere", "no-resource", "slot-no-number"],
)
def test_message_that_names_too_little_is_refused(
    event: str, segments: tuple[str, ...], path: str
) -> None:
    with pytest.raises(MapError, match=f"^{path}: "):
        mapped(event, *segments)


@pytest.mark.parametrize("event", ["S15", "S17", "S26"])
def test_end_of_an_appointment_needs_no_times(event: str) -> None:
    assert "start" not in appointment(mapped(event, sch({9: ""}), PID))


def test_diagnosis_told_with_an_appointment_is_its_reason() -> None:
    result = mapped("S12", sch(), TQ1, PID, "DG1|1||F41.1^Anxiety^I10C|||A", RGS, AIP)
    condition = entry(result, "Condition")
    assert read(appointment(result), "reasonReference.reference") == [condition.full_url]
