import pytest

from hl7.message import parse
from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import Entry, Mapped, merge
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import document_all, map_message

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
        ("A08", "", "unknown", ("status",)),
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
    merged = merge(stored(), update)
    assert merged["gender"] == "female"
    assert "birthDate" not in merged
    assert "maritalStatus" not in merged
    assert (merged["photo"], merged["id"]) == ([{"url": "u"}], "1")
    assert read(merged, "identifier.value") == ["1", "7"]
    assert merge(merged, update) == merged


def test_update_leaves_the_stored_status_alone() -> None:
    update = entry(mapped("A08", PID, pv1({19: "V1"})), "Encounter")
    current: JsonObject = {"resourceType": "Encounter", "status": "onleave", "class": {"code": "X"}}
    merged = merge(current, update)
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
    merged = merge(discharged(), update)
    assert merged["period"] == {"start": "2026-01-03", "end": "2026-01-05"}
    assert read(merged, "hospitalization.admitSource.coding.code") == ["7"]
    assert read(merged, "hospitalization.dischargeDisposition.text") == ["01"]


def test_end_that_is_deleted_goes_alone() -> None:
    update = entry(mapped("A08", PID, pv1({19: "V1", 44: "20260102", 45: '""'})), "Encounter")
    assert merge(discharged(), update)["period"] == {"start": "2026-01-02"}


def test_cancelled_discharge_takes_the_end_back() -> None:
    merged = merge(discharged(), entry(mapped("A13", PID, pv1({19: "V1"})), "Encounter"))
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
    assert merge(discharged() | {"status": before}, late)["status"] == after


def test_pages_document_every_table() -> None:
    pages = document_all()
    assert set(pages) >= {"v2-adt-a01", "v2-bar-p01", "v2-oru-r01", "v2-codes"}
    assert "| OBX-5 | * | number |  | OBX-2 is NM |" not in pages["v2-adt-a01"]
    assert "OBX-2 is NM" in pages["v2-oru-r01"]
    assert "| W | entered-in-error |" in pages["v2-codes"]
