from itertools import permutations
from typing import Literal

import pytest

from hl7.message import parse
from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import Entry, Mapped
from mappers.v2_fhir.dialect import Dialect
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import document_all, map_message
from mappers.v2_fhir.snapshot import as_of, dated, flags, lay

PID = "PID|1||7^^^A^MR||DOE^JO||19800101|F"
VISIT = "|" * 12 + "V1^^^A^VN"


def mapped(trigger: str, *segments: str, control_id: str = "M1") -> Mapped:
    header = f"MSH|^~\\&|L|F|C|W|20260102030405+0000||ADT^{trigger}|{control_id}|P|2.5.1"
    return map_message(parse("\r".join((header, *segments)).encode()), Feed("adt"))


def pv1(fields: dict[int, str]) -> str:
    last = max(fields)
    return "|".join(["PV1", *(fields.get(number, "") for number in range(1, last + 1))])


def entry(result: Mapped, type: str) -> Entry:
    (found,) = (one for one in result.entries if one.resource["resourceType"] == type)
    return found


def test_admission_becomes_patient_and_encounter() -> None:
    fields = {2: "I", 3: "W1^R2^B3", 7: "12^WHO^DR", 19: "V1^^^A^VN", 44: "20260102"}
    result = mapped("A01", "EVN||20260102030000", PID, pv1(fields))
    visit = entry(result, "Encounter")
    assert visit.to_json()["request"] == {
        "method": "PUT",
        "url": "Encounter?identifier=https%3A%2F%2Fparity.example%2Ffhir%2Fsid%2Fadt%2FA%7CV1",
    }
    assert visit.resource["status"] == "in-progress"
    assert read(visit.resource, "class.code") == ["IMP"]
    assert read(visit.resource, "location.location.display") == ["W1, R2, B3"]
    assert read(visit.resource, "participant.type.coding.code") == ["ATND"]
    assert visit.resource["period"] == {"start": "2026-01-02"}
    assert result.event_time == "2026-01-02T03:00:00+00:00"
    assert result.unmapped == ()


@pytest.mark.parametrize("trigger", ["A28", "A31"])
def test_person_events_make_no_visit(trigger: str) -> None:
    result = mapped(trigger, PID, pv1({2: "N", 19: "V1"}))
    assert [one.resource["resourceType"] for one in result.entries] == ["Patient"]
    assert "PV1" in [one.path for one in result.unmapped]


@pytest.mark.parametrize(
    ("trigger", "end", "status", "defaults"),
    [
        ("A01", "", "in-progress", ()),
        ("A04", "", "arrived", ()),
        ("A08", "", "in-progress", ("status",)),
        ("A08", "20260105", "finished", ()),
        ("A01", "20260105", "finished", ()),
        ("A03", "", "finished", ()),
        ("A11", "", "cancelled", ()),
        ("A11", "20260105", "cancelled", ()),
        ("A13", "", "in-progress", ()),
    ],
)
def test_event_gives_the_status(
    trigger: str, end: str, status: str, defaults: tuple[str, ...]
) -> None:
    visit = entry(mapped(trigger, PID, pv1({2: "O", 19: "V1", 45: end})), "Encounter")
    assert (visit.resource["status"], visit.defaults) == (status, defaults)


def test_visit_without_a_number_is_known_by_patient_and_admission() -> None:
    admitted = pv1({2: "I", 44: "20260102"})
    first = entry(mapped("A01", PID, admitted), "Encounter")
    update = entry(mapped("A08", PID, admitted, control_id="M2"), "Encounter")
    other = entry(mapped("A01", PID, pv1({2: "I", 44: "20260103"})), "Encounter")
    assert first.match == update.match != other.match


def test_message_without_a_visit_makes_no_encounter() -> None:
    assert [one.resource["resourceType"] for one in mapped("A08", PID).entries] == ["Patient"]


def test_next_of_kin_are_contacts() -> None:
    kin = "NK1|1|ROE^ANN|SPO^Spouse^HL70063|1 Main^^Town|5550100|5550101"
    patient = entry(mapped("A01", PID, kin, kin.replace("ANN", "BOB")), "Patient").resource
    assert read(patient, "contact.name.given") == ["ANN", "BOB"]
    assert read(patient, "contact[0].telecom.use") == ["work"]


def stored() -> JsonObject:
    return {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [{"system": "x", "value": "1"}],
        "gender": "male",
        "birthDate": "1970-01-01",
        "maritalStatus": {"text": "M"},
        "photo": [{"url": "u"}],
    }


def test_snapshot_changes_what_it_values_and_deletes_what_it_says() -> None:
    update = entry(mapped("A08", 'PID|1||7^^^A^MR||DOE^JO||""|F||||||||""'), "Patient")
    assert update.cleared == ("birthDate", "_birthDate.extension", "maritalStatus")
    merged = lay(stored(), update)
    assert merged["gender"] == "female"
    assert "birthDate" not in merged
    assert "maritalStatus" not in merged
    assert (merged["photo"], merged["id"]) == ([{"url": "u"}], "1")
    assert read(merged, "identifier.value") == ["1", "7"]
    assert lay(merged, update) == merged


def test_update_leaves_the_stored_status_alone() -> None:
    update = entry(mapped("A08", PID, pv1({19: "V1"})), "Encounter")
    current: JsonObject = {"resourceType": "Encounter", "status": "onleave", "class": {"code": "X"}}
    merged = lay(current, update)
    assert (merged["status"], merged["class"]) == ("onleave", {"code": "X"})


def discharged() -> JsonObject:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "IMP"},
        "period": {"start": "2026-01-02", "end": "2026-01-05"},
        "hospitalization": {
            "admitSource": {"text": "1"},
            "dischargeDisposition": {"text": "01"},
        },
    }


def test_update_after_the_discharge_keeps_its_end_and_disposition() -> None:
    update = entry(mapped("A08", PID, pv1({14: "7", 19: "V1", 44: "20260103"})), "Encounter")
    merged = lay(discharged(), update)
    assert merged["period"] == {"start": "2026-01-03", "end": "2026-01-05"}
    assert read(merged, "hospitalization.admitSource.coding.code") == ["7"]
    assert read(merged, "hospitalization.dischargeDisposition.text") == ["01"]


def test_end_that_is_deleted_goes_alone() -> None:
    update = entry(mapped("A08", PID, pv1({19: "V1", 44: "20260102", 45: '""'})), "Encounter")
    assert lay(discharged(), update)["period"] == {"start": "2026-01-02"}


def test_cancelled_discharge_takes_the_end_back() -> None:
    merged = lay(discharged(), entry(mapped("A13", PID, pv1({19: "V1"})), "Encounter"))
    assert merged["status"] == "in-progress"
    assert merged["period"] == {"start": "2026-01-02"}
    assert merged["hospitalization"] == {"admitSource": {"text": "1"}}


@pytest.mark.parametrize(
    ("trigger", "before", "after"),
    [
        ("A01", "finished", "finished"),
        ("A04", "finished", "finished"),
        ("A04", "in-progress", "in-progress"),
        ("A01", "arrived", "in-progress"),
        ("A13", "finished", "in-progress"),
        ("A11", "finished", "cancelled"),
    ],
)
def test_late_event_does_not_take_a_visit_back(trigger: str, before: str, after: str) -> None:
    late = entry(mapped(trigger, PID, pv1({2: "I", 19: "V1"})), "Encounter")
    assert lay(discharged() | {"status": before}, late)["status"] == after


def test_pages_document_every_table() -> None:
    pages = document_all()
    assert set(pages) >= {"v2-adt", "v2-bar-p01", "v2-oru-r01", "v2-codes"}
    assert "| OBX-5 | * | number |  | OBX-2 is NM |" not in pages["v2-adt"]
    assert "OBX-2 is NM" in pages["v2-oru-r01"]
    assert "| W | entered-in-error |" in pages["v2-codes"]


def told(moments: str) -> list[Entry]:
    """Return visits from `A01@10 A02@12:B`: trigger, hour, ward or class (`=E`)."""
    found = []
    for number, text in enumerate(moments.split()):
        event, _, detail = text.partition(":")
        trigger, _, hour = event.partition("@")
        fields = {2: "I", 19: "V1^^^A^VN", 3: detail or "A"}
        if detail.startswith("="):
            fields |= {2: detail[1:], 3: "A"}
        segments = (f"EVN||20260102{hour.zfill(2)}00+0000", PID, pv1(fields))
        found.append(entry(mapped(trigger, *segments, control_id=f"M{number}"), "Encounter"))
    return found


def after(visits: list[Entry]) -> JsonObject:
    """Return the Encounter after messages that arrive in this order."""
    current = dated(visits[0])
    for one in visits[1:]:
        current = lay(current, one)
    return current


def history(visit: JsonObject, name: str, of: str) -> list[str]:
    """Return the values of a history with the hours they hold from."""
    return [
        f"{read(one, of)[0]}@{str(read(one, 'period.start')[0])[11:13]}"
        for one in read(visit, name)
    ]


STORIES = {
    "stay": ("A01@10 A02@12:B A03@15:B", "finished", "B"),
    "leave": ("A01@10 A21@11 A22@13", "in-progress", "A"),
    "discharge-taken-back": ("A01@10 A03@15 A13@17", "in-progress", "A"),
    "planned": ("A05@08 A01@10 A03@15", "finished", "A"),
    "admission-cancelled": ("A04@09 A01@10 A11@11", "cancelled", "A"),
    "pending-cancelled": ("A14@07 A27@08", "cancelled", None),
    "there-and-back": ("A01@10 A02@11:B A02@12:A", "in-progress", "A"),
    "two-transfers-and-end": ("A01@10 A02@11:B A02@12:C A03@15:C", "finished", "C"),
    "updates-between": ("A01@10 A08@11:A A03@15 A08@16:A", "finished", "A"),
    "becomes-inpatient": ("A04@09:=E A06@10:=I A03@15:=I", "finished", "A"),
}
ORDERS = [
    (f"{name}-{''.join(str(one + 1) for one in order)}", name, order)
    for name, (story, _, _) in STORIES.items()
    for order in permutations(range(len(story.split())))
]


@pytest.mark.parametrize(
    ("story", "order"), [one[1:] for one in ORDERS], ids=[one[0] for one in ORDERS]
)
def test_events_end_the_same_whatever_the_order_of_arrival(
    story: str, order: tuple[int, ...]
) -> None:
    text, status, ward = STORIES[story]
    visits = told(text)
    visit = after([visits[at] for at in order])
    straight = after(visits)
    assert visit["status"] == straight["status"] == status
    assert read(visit, "class.code") == read(straight, "class.code")
    assert as_of(visit) == as_of(straight)
    wards = [read(one, "location[-1].status") for one in (visit, straight)]
    assert read(straight, "location[-1].location.display") == ([ward] if ward else ["A"])
    assert read(visit, "location[-1].location.display") == ([ward] if ward else ["A"])
    assert wards[0] == wards[1]
    assert read(visit, "location.status").count("active") == (status == "in-progress")
    assert ("end" in str(visit.get("period"))) is (status == "finished")


def test_out_of_order_table_has_sixty_cases_and_more() -> None:
    assert len(ORDERS) >= 60


def test_histories_of_a_stay_are_kept() -> None:
    visit = after(told("A05@08 A01@10 A02@12:B A03@15:B A13@16:B"))
    assert history(visit, "statusHistory", "status") == [
        "planned@08",
        "in-progress@10",
        "finished@15",
    ]
    assert read(visit, "statusHistory.period.end") == [
        f"2026-01-02T{hour}:00:00+00:00" for hour in (10, 15, 16)
    ]
    assert history(visit, "location", "location.display") == ["A@10", "B@12"]
    assert read(visit, "location.status") == ["completed", "active"]
    assert "end" not in str(visit["location"]).rpartition("B")[2]


def test_class_change_keeps_the_class_before() -> None:
    visit = after(told("A04@09:=E A06@10:=I"))
    assert read(visit, "class.code") == ["IMP"]
    assert history(visit, "classHistory", "class.code") == ["EMER@09"]


def test_cancelled_transfer_leaves_no_stay_in_the_ward() -> None:
    visit = after(told("A01@10 A02@12:B A12@13:A"))
    assert history(visit, "location", "location.display") == ["A@10"]
    late = after([told("A01@10 A02@12:B A12@13:A")[at] for at in (0, 2, 1)])
    assert read(late, "location[-1].location.display") == ["A"]


def test_same_events_again_change_nothing() -> None:
    visits = told("A01@10 A02@12:B A08@13:B A03@15:B A13@16:B")
    visit = after(visits)
    for one in visits:
        assert lay(visit, one) == visit


def test_late_message_fills_in_and_takes_nothing_back() -> None:
    late = mapped("A08", "EVN||2026010209+0000", "PID|1||7^^^A^MR||OLD^JO||19700101|M|||X")
    now = mapped("A31", "EVN||2026010210+0000", PID)
    merged = lay(dated(entry(now, "Patient")), entry(late, "Patient"))
    assert (merged["birthDate"], merged["gender"]) == ("1980-01-01", "female")
    assert read(merged, "name.family") == ["DOE"]
    assert read(merged, "address.line") == ["X"]
    assert as_of(merged) == "2026-01-02T10:00:00+00:00"


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ("A01@10 A13@11", ("A13-after-in-progress",)),
        ("A03@15 A11@16", ("A11-after-finished",)),
        ("A03@15 A01@10", ("late",)),
        ("A01@10 A22@11", ("A22-after-in-progress",)),
        ("A01@10 A03@15", ()),
        ("A03@15 A13@16", ()),
    ],
)
def test_event_after_another_than_it_should_is_flagged(story: str, found: tuple[str, ...]) -> None:
    first, second = told(story)
    assert flags(dated(first), second) == found


def test_event_that_takes_back_what_is_not_known_is_flagged() -> None:
    (visit,) = told("A13@10")
    assert flags(None, visit) == ("A13-after-nothing",)


@pytest.mark.parametrize("status", ["arrived", "planned", "in-progress"])
def test_feed_says_what_a_registration_is(
    status: Literal["arrived", "planned", "in-progress"],
) -> None:
    header = "MSH|^~\\&|L|F|C|W|20260102030405+0000||ADT^A04|M1|P|2.5.1"
    message = parse("\r".join((header, PID, pv1({19: "V1"}))).encode())
    feed = Feed("adt", dialect=Dialect(registration=status))
    assert entry(map_message(message, feed), "Encounter").resource["status"] == status


def test_deceased_is_told_one_way() -> None:
    alive = entry(mapped("A31", "PID|1||7^^^A^MR||DOE" + "|" * 25 + "N"), "Patient")
    dead = entry(mapped("A31", "PID|1||7^^^A^MR||DOE" + "|" * 24 + "20260101|Y"), "Patient")
    merged = lay(alive.resource, dead)
    assert merged["deceasedDateTime"] == "2026-01-01"
    assert "deceasedBoolean" not in merged


def test_items_told_again_keep_their_place() -> None:
    first: JsonObject = {"system": "x", "value": "1"}
    other: JsonObject = {"system": "x", "value": "2", "use": "old"}
    told = entry(mapped("A31", "PID|1||7^^^A^MR"), "Patient")
    mine = read(told.resource, "identifier[0]")
    merged = lay({"resourceType": "Patient", "identifier": [first, *mine, other]}, told)
    assert merged["identifier"] == [first, *mine, other]
