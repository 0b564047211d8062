import pytest

from hl7.message import parse
from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import UnsupportedMessage, map_message

LAB = Feed("lab")
MSH = "MSH|^~\\&|L|F|C|W|20260102030405+0100||ORU^R01|M1|P|2.5.1"
PID = "PID|1||7^^^A^MR||DOE^JO||19800101|F"
ORC = "ORC|RE|P1|F1"
OBR = "OBR|1|P1|F1|24323-8^PANEL^LN|||20260101|||||||||||||||20260102101500||CH|F"
OBX = "OBX|1|NM|2345-7^GLUCOSE^LN||5.50|mg/dL|||||F"


def mapped(*segments: str, feed: Feed = LAB) -> Mapped:
    return map_message(parse("\r".join(segments).encode()), feed)


def entries(result: Mapped, type: str) -> list[Entry]:
    return [entry for entry in result.entries if entry.resource["resourceType"] == type]


def resources(result: Mapped, type: str) -> list[JsonObject]:
    return [entry.resource for entry in entries(result, type)]


def unmapped(result: Mapped) -> dict[str, str]:
    return {row.path: row.reason for row in result.unmapped}


def test_result_becomes_linked_resources() -> None:
    result = mapped(MSH, PID, ORC, OBR, OBX, "SPM|1|S1||BLD")
    (patient,) = entries(result, "Patient")
    (request,) = entries(result, "ServiceRequest")
    (specimen,) = resources(result, "Specimen")
    (observation,) = resources(result, "Observation")
    (report,) = resources(result, "DiagnosticReport")
    assert report["subject"] == observation["subject"] == {"reference": patient.full_url}
    assert report["basedOn"] == [{"reference": request.full_url}]
    assert report["result"] == [{"reference": f"Observation/{observation['id']}"}]
    assert report["specimen"] == [{"reference": f"Specimen/{specimen['id']}"}]
    assert observation["specimen"] == {"reference": f"Specimen/{specimen['id']}"}
    assert (report["status"], report["issued"]) == ("final", "2026-01-02T10:15:00+01:00")
    assert observation["effectiveDateTime"] == "2026-01-01"
    assert result.event_time == "2026-01-02T03:04:05+01:00"
    assert result.unmapped == ()


def test_patient_and_order_are_made_only_where_none_is_known() -> None:
    result = mapped(MSH, PID, ORC, OBR, OBX)
    requests = {str(one["type"]): one for one in map(request_of, result.entries)}
    site = "identifier=https%3A%2F%2Fparity.example%2Ffhir%2Fsid%2Flab%2F"
    assert requests["Patient"]["ifNoneExist"] == f"{site}A%7C7"
    assert requests["ServiceRequest"]["ifNoneExist"] == f"{site}placer%7CP1"
    assert requests["Observation"]["method"] == "PUT"


def request_of(entry: Entry) -> JsonObject:
    request = entry.to_json()["request"]
    assert isinstance(request, dict)
    return {"type": entry.resource["resourceType"], **request}


def test_same_message_twice_is_the_same_bundle() -> None:
    segments = (MSH, PID, ORC, OBR, OBX)
    assert mapped(*segments).to_bundle() == mapped(*segments).to_bundle()


def test_correction_goes_to_the_same_observation_wherever_it_stands() -> None:
    other = "OBX|2|ST|5778-6^COLOR^LN||red||||||P"
    first = mapped(MSH, PID, ORC, OBR, OBX.replace("|F", "|P"), other)
    corrected = mapped(
        MSH.replace("|M1|", "|M2|"), PID, ORC, OBR, other, OBX.replace("OBX|1", "OBX|9")
    )
    ids = [one["id"] for one in resources(first, "Observation")]
    assert [one["id"] for one in resources(corrected, "Observation")] == ids[::-1]
    assert (
        resources(first, "DiagnosticReport")[0]["id"]
        == (resources(corrected, "DiagnosticReport")[0]["id"])
    )


def test_sub_id_instance_and_occurrence_tell_siblings_apart() -> None:
    instance = "OBX|4|NM|2345-7^GLUCOSE^LN||4||||||F||||||||||I9"
    result = mapped(MSH, PID, OBR, OBX, OBX, OBX.replace("LN||", "LN|2|"), instance, instance)
    assert len({one["id"] for one in resources(result, "Observation")}) == 5


def test_ids_are_scoped_by_feed_and_specimens_by_patient() -> None:
    spm = "SPM|1|S1||BLD"
    mine = mapped(MSH, PID, OBR, OBX, spm)
    theirs = mapped(MSH, PID, OBR, OBX, spm, feed=Feed("other"))
    another = mapped(MSH, PID.replace("|7^", "|8^"), OBR.replace("F1", "F2"), spm)
    for type in ("Observation", "DiagnosticReport", "Specimen"):
        assert resources(mine, type)[0]["id"] != resources(theirs, type)[0]["id"]
    assert resources(mine, "Specimen")[0]["id"] != resources(another, "Specimen")[0]["id"]


def test_report_sent_twice_in_one_message_is_two_reports() -> None:
    result = mapped(MSH, PID, OBR, OBX, OBR, OBX)
    assert len({one["id"] for one in resources(result, "DiagnosticReport")}) == 2
    assert len(resources(result, "ServiceRequest")) == 1


def test_observations_after_the_specimen_are_kept() -> None:
    result = mapped(MSH, PID, OBR, "SPM|1|S1||BLD", OBX)
    assert len(resources(result, "Observation")) == 1


def test_notes_go_to_what_stands_before_them() -> None:
    note = "NTE|{}||{}"
    result = mapped(
        MSH, PID, note.format(1, "on patient"), ORC, note.format(1, "on order"), OBR,
        note.format(1, "on"), note.format(2, "report"), OBX, note.format(1, "one\\.br\\two"),
        "SPM|1|S1||BLD", note.format(1, "on specimen"),
    )  # fmt: skip
    assert resources(result, "ServiceRequest")[0]["note"] == [{"text": "on order"}]
    assert resources(result, "Observation")[0]["note"] == [{"text": "one\ntwo"}]
    assert resources(result, "Specimen")[0]["note"] == [{"text": "on specimen"}]
    report = resources(result, "DiagnosticReport")[0]
    assert read(report, "extension.valueAnnotation.text") == ["on\nreport"]
    assert unmapped(result) == {"NTE": "no-rule"}


def test_what_no_rule_maps_is_listed_by_place() -> None:
    result = mapped(
        MSH,
        PID + "||||||||||||||||||||9~9^x",
        "ZPD|secret",
        OBR,
        OBX + "||sec|||||||||||||y^z",
        OBX,
    )
    assert unmapped(result) == {
        "ZPD": "no-rule",
        "OBX-13": "no-rule",
        "OBX-26": "no-rule",
    }


def test_code_without_a_translation_is_listed_with_its_place() -> None:
    result = mapped(MSH, PID.replace("|F", "|X"), OBR, OBX)
    assert unmapped(result) == {"PID-8": "no-code"}
    assert [(row.source, row.codes, row.code) for row in result.untranslated] == [
        ("PID-8", "v2-0001", "X")
    ]


def test_value_that_is_no_date_is_listed() -> None:
    result = mapped(MSH, PID.replace("19800101", "unknown"), OBR, OBX)
    assert unmapped(result) == {"PID-7": "not-understood"}
    assert "birthDate" not in resources(result, "Patient")[0]


def test_two_patients_in_one_message() -> None:
    other = PID.replace("|7^", "|8^")
    result = mapped(MSH, PID, OBR, OBX, other, OBR.replace("F1", "F2"), OBX)
    patients = entries(result, "Patient")
    subjects = [read(one, "subject.reference")[0] for one in resources(result, "DiagnosticReport")]
    assert subjects == [entry.full_url for entry in patients]


def test_visit_is_linked_where_it_has_a_number() -> None:
    result = mapped(MSH, PID, "PV1|1|O" + "|" * 17 + "V1", OBR, OBX)
    (visit,) = entries(result, "Encounter")
    assert (visit.mode, visit.resource["status"]) == ("create", "unknown")
    assert resources(result, "Observation")[0]["encounter"] == {"reference": visit.full_url}
    assert resources(mapped(MSH, PID, "PV1|1|O", OBR, OBX), "Encounter") == []


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("O", "registered"), ("I", "registered"), ("S", "registered"), ("A", "partial"),
     ("P", "preliminary"), ("R", "partial"), ("F", "final"), ("C", "corrected"),
     ("X", "cancelled"), ("M", "amended"), ("N", "registered"), ("", "unknown")],
)  # fmt: skip
def test_every_report_status_is_decided(sent: str, meant: str) -> None:
    result = mapped(MSH, PID, OBR.removesuffix("F") + sent, OBX)
    assert resources(result, "DiagnosticReport")[0]["status"] == meant


@pytest.mark.parametrize(
    ("segments", "path"),
    [
        ((MSH, OBR, OBX), "PID"),
        ((MSH, PID.replace("7^^^A^MR", ""), OBR, OBX), "PID-3"),
        ((MSH, PID, OBX), "OBR"),
        ((MSH, PID, OBR.removesuffix("F") + "Y", OBX), "OBR-25"),
    ],
)
def test_message_that_cannot_be_mapped_names_the_place(
    segments: tuple[str, ...], path: str
) -> None:
    with pytest.raises(MapError) as caught:
        mapped(*segments)
    assert caught.value.path == path
    assert "7" not in str(caught.value)


@pytest.mark.parametrize("kind", ["ORU^R99", "SIU^S99", "", "ORU"])
def test_message_without_a_map_is_unsupported(kind: str) -> None:
    with pytest.raises(UnsupportedMessage):
        mapped(MSH.replace("ORU^R01", kind), PID, OBR, OBX)
