"""ORU in full: every field of a result that a clinician or an inspector asks for."""

from dataclasses import replace

import pytest

from mappers.path import read
from mappers.v2_fhir.dialect import Dialect
from tests.unit.mappers.v2_fhir.result import (
    LAB,
    MSH,
    ORC,
    PID,
    entries,
    mapped,
    obx,
    resources,
    result,
    segment,
    sole,
    unmapped,
)

GLUCOSE = "2345-7^GLUCOSE^LN"
LABORATORY = "Main Lab^^^^^CLIA&2.16.840.1.113883.4.7&ISO^XX^^^14D0000001"
ADDRESS = "1 Elm^^Alder^WA^98000"
DIRECTOR = "99^Weiss^Ada^^^Dr"


def test_laboratory_with_address_and_director_is_contained() -> None:
    found = result(obx(GLUCOSE, "5", f23=LABORATORY, f24=ADDRESS, f25=DIRECTOR))
    observation = sole(found, "Observation")
    organization, role = read(observation, "contained")
    assert read(organization, "identifier.system") == ["urn:oid:2.16.840.1.113883.4.7"]
    assert read(organization, "address.city") == ["Alder"]
    assert read(role, "code.coding.code") == ["MDIR"]
    assert read(role, "practitioner.display") == ["Dr Ada Weiss"]
    assert read(observation, "performer.reference") == ["#laboratory", "#director"]
    assert read(observation, "performer.identifier.value") == ["14D0000001"]
    report = sole(found, "DiagnosticReport")
    assert read(report, "contained.name") == ["Main Lab"]
    assert read(report, "performer.reference") == ["#laboratory-1"]
    assert found.unmapped == ()


def test_laboratory_with_a_number_alone_is_a_logical_reference() -> None:
    found = result(obx(GLUCOSE, "5", f23=LABORATORY), obx(GLUCOSE, "6", f23=LABORATORY))
    assert "contained" not in resources(found, "Observation")[0]
    report = sole(found, "DiagnosticReport")
    assert read(report, "performer.identifier.value") == ["14D0000001"]


def test_number_of_the_producer_is_one_of_clia_where_it_says_so() -> None:
    observation = sole(result(obx(GLUCOSE, "5", f15="14D1^Lab^CLIA")), "Observation")
    assert read(observation, "performer.identifier.system") == ["urn:oid:2.16.840.1.113883.4.7"]


def test_everything_about_how_a_test_was_done_is_kept() -> None:
    observation = sole(
        result(
            obx(
                GLUCOSE, "5", f10="S", f14="20260101080000+0000", f16="12^Okoro^Ike",
                f17="M1^Hexokinase^L", f18="AN7^Analyser", f19="20260101093000+0000",
                f20="51185008^Arm^SCT", f21="I9", f29="RSLT",
            )
        ),
        "Observation",
    )  # fmt: skip
    assert observation["effectiveDateTime"] == "2026-01-01T08:00:00+00:00"
    assert read(observation, "performer.display") == ["Ike Okoro"]
    assert read(observation, "method.text") == ["Hexokinase"]
    assert read(observation, "device.identifier.value") == ["AN7"]
    assert read(observation, "bodySite.coding.code") == ["51185008"]
    assert read(observation, "identifier.type.coding.code") == ["FILL"]
    assert read(observation, "category.coding.code") == ["laboratory", "RSLT"]
    assert read(observation, "extension.valueDateTime") == ["2026-01-01T09:30:00+00:00"]
    assert observation["issued"] == "2026-01-02T10:15:00+01:00"


@pytest.mark.parametrize("sent", ["X", "D", "W", "N", "I", "O", "R", "S", "B", "U", "V"])
def test_result_status_that_says_more_is_kept_as_sent(sent: str) -> None:
    observation = sole(result(obx(GLUCOSE, "", f11=sent)), "Observation")
    codes = read(observation, "_status.extension.valueCodeableConcept.coding.code")
    assert codes == [sent]


def test_final_status_needs_no_other_code() -> None:
    assert "_status" not in sole(result(obx(GLUCOSE, "5")), "Observation")


@pytest.mark.parametrize(
    ("kind", "sent", "name"),
    [("NM", "hemolysed", "valueString"), ("DT", "soon", "valueString"),
     ("TM", "noon", "valueString"), ("NA", "1^x^3", "valueString")],
)  # fmt: skip
def test_value_that_does_not_parse_is_kept_as_text_and_listed(
    kind: str, sent: str, name: str
) -> None:
    found = result(obx(GLUCOSE, sent, kind=kind))
    assert sole(found, "Observation")[name] == sent
    assert unmapped(found) == {"OBX-5": "as-text"}


def test_numeric_array_is_sampled_data_a_channel_a_repetition() -> None:
    found = sole(result(obx(GLUCOSE, "1^2.5~3^4", kind="NA")), "Observation")
    (data,) = read(found, "valueSampledData")
    assert read(data, "data") == ["1 3 2.5 4"]
    assert read(data, "dimensions") == [2]


def test_composite_quantity_keeps_its_unit_and_a_verbal_range_its_words() -> None:
    quantity = sole(result(obx(GLUCOSE, "5^mg&milligram&UCUM", kind="CQ")), "Observation")
    assert read(quantity, "valueQuantity.code") == ["mg"]
    assert sole(result(obx(GLUCOSE, "LOW^HIGH", kind="VR")), "Observation")["valueString"] == (
        "LOW-HIGH"
    )


@pytest.mark.parametrize("flag", ["HH", "LL", "AA", ">", "<"])
def test_critical_value_is_a_task_for_a_person(flag: str) -> None:
    found = result(obx(GLUCOSE, "40", kind="NM", f8=flag))
    task = sole(found, "Task")
    observation = sole(found, "Observation")
    assert read(task, "code.coding.code") == ["critical-result"]
    assert task["priority"] == "stat"
    assert task["focus"] == {"reference": f"Observation/{observation['id']}"}
    assert task["for"] == observation["subject"]


@pytest.mark.parametrize(("flag", "status"), [("H", "F"), ("N", "F"), ("", "F"), ("HH", "X")])
def test_no_task_without_a_critical_value(flag: str, status: str) -> None:
    assert resources(result(obx(GLUCOSE, "4", f8=flag, f11=status)), "Task") == []


def test_task_of_a_critical_value_is_made_once_and_anew_for_another_value() -> None:
    tasks = [
        entries(result(obx(GLUCOSE, value, f8="HH")), "Task")[0].match
        for value in ("400", "400", "410")
    ]
    assert tasks[0] == tasks[1] != tasks[2]


def test_result_of_another_patient_is_taken_back_with_a_task() -> None:
    found = result(obx(GLUCOSE, "4", f11="W"))
    assert sole(found, "Observation")["status"] == "entered-in-error"
    assert read(sole(found, "Task"), "code.coding.code") == ["withdrawn-result"]


@pytest.mark.parametrize(
    ("code", "category"),
    [("44261-6^PHQ-9^LN", "survey"), ("70274-6^GAD-7^LN", "survey"),
     ("44250-9^Item^LN", "survey"), (GLUCOSE, "laboratory"), ("44261-6^Own^L", "laboratory")],
)  # fmt: skip
def test_scores_of_questionnaires_are_surveys(code: str, category: str) -> None:
    observation = sole(result(obx(code, "14", kind="NM")), "Observation")
    assert read(observation, "category.coding.code") == [category]


def test_answer_of_order_entry_is_no_finding() -> None:
    asked = replace(LAB, dialect=Dialect(aoe=("FAST",)))
    for found in (
        result(obx("FAST^Fasting^L", "Y"), obx(GLUCOSE, "5"), feed=asked),
        result(obx("FAST^Fasting^L", "Y", f29="AOE"), obx(GLUCOSE, "5")),
    ):
        answer, finding = resources(found, "Observation")
        assert read(answer, "category.coding.code") == ["AOE"]
        report = sole(found, "DiagnosticReport")
        assert read(report, "result.reference") == [f"Observation/{finding['id']}"]
        assert answer["basedOn"] == report["basedOn"]


def test_codes_that_share_a_sub_id_are_held_together() -> None:
    found = result(
        obx("634-6^Isolate^LN", "E. coli", f4="1"),
        obx("564-5^Count^LN", ">100000", f4="1"),
        obx("634-6^Isolate^LN", "Klebsiella", f4="2", f11="P"),
        obx("564-5^Count^LN", "5000", f4="2"),
    )
    groups = [one for one in resources(found, "Observation") if "hasMember" in one]
    assert [one["status"] for one in groups] == ["final", "preliminary"]
    members = [read(one, "hasMember.reference") for one in groups]
    ids = [f"Observation/{one['id']}" for one in resources(found, "Observation")]
    assert members == [ids[:2], ids[2:4]]
    assert read(groups[0], "code.text") == ["PANEL"]


def test_sub_id_that_tells_repetitions_apart_groups_nothing() -> None:
    found = result(obx(GLUCOSE, "5", f4="1"), obx(GLUCOSE, "6", f4="2"))
    assert not any("hasMember" in one for one in resources(found, "Observation"))
    assert len(resources(found, "Observation")) == 2


def test_dotted_sub_id_belongs_to_the_one_before_the_dot() -> None:
    found = result(
        obx("A^Parent^L", "x", f4="1"), obx("B^Child^L", "y", f4="1.1"),
        obx("C^Child^L", "z", f4="1.2"),
    )  # fmt: skip
    parent, *children = resources(found, "Observation")
    assert read(parent, "hasMember.reference") == [f"Observation/{one['id']}" for one in children]


def test_note_of_another_author_is_another_note() -> None:
    found = result(
        obx(GLUCOSE, "5"),
        "NTE|1||one||7^Roe^Al|20260102", "NTE|2||two||7^Roe^Al|20260102", "NTE|3||three||8^Poe^Bo",
    )  # fmt: skip
    notes = read(sole(found, "Observation"), "note")
    assert [read(one, "text") for one in notes] == [["one\ntwo"], ["three"]]
    assert read(notes[0], "authorReference.display") == ["Al Roe"]
    assert read(notes[0], "time") == ["2026-01-02"]


def test_each_specimen_goes_with_the_results_after_it() -> None:
    found = result("SPM|1|S1||BLD", obx(GLUCOSE, "5"), "SPM|2|S2||UR", obx(GLUCOSE, "6"))
    ids = [f"Specimen/{one['id']}" for one in resources(found, "Specimen")]
    observations = resources(found, "Observation")
    assert [read(one, "specimen.reference")[0] for one in observations] == ids
    assert read(sole(found, "DiagnosticReport"), "specimen.reference") == ids


def test_rejected_specimen_says_why_and_asks_for_another() -> None:
    found = result(segment("SPM", f1="1", f2="S1^L1", f4="UR", f21="QNS^Not enough^L"))
    specimen = sole(found, "Specimen")
    assert specimen["status"] == "unsatisfactory"
    assert read(specimen, "condition.text") == ["Not enough"]
    assert read(sole(found, "Task"), "code.coding.code") == ["repeat-specimen"]


def test_sender_without_spm_tells_the_specimen_in_obr() -> None:
    obr = (
        "OBR|1|P1|F1|1^T^L|||202601010800|||12^Coll^Jo||||202601010900|UR&Urine&HL70487|||||||||||F"
    )
    specimen = sole(mapped(MSH, PID, obr, obx(GLUCOSE, "5")), "Specimen")
    assert read(specimen, "type.text") == ["Urine"]
    assert read(specimen, "receivedTime") == ["2026-01-01T09:00:00+01:00"]
    assert read(specimen, "collection.collector.display") == ["Jo Coll"]


CULTURE = segment("OBR", f2="P1", f3="F1", f4="630-4^Culture^LN", f25="F")
ISOLATE = obx("11475-1^Organism^LN", "112283007^E coli^SCT", kind="CWE", f4="1")
SUSCEPTIBLE = obx("18906-8^Cipro^LN", "S")


def child(parent: str, placer: str = "P1") -> str:
    return segment(
        "OBR",
        f2=placer,
        f3="F2",
        f4="18769-0^Susceptibility^LN",
        f11="G",
        f25="F",
        f26="11475-1&Organism&LN^1^E coli",
        f29=parent,
    )


def test_susceptibility_is_derived_from_the_isolate_of_the_message() -> None:
    found = mapped(MSH, PID, ORC, CULTURE, ISOLATE, "ORC|RE||F2", child("P1^F1"), SUSCEPTIBLE)
    isolate, susceptible = resources(found, "Observation")
    assert susceptible["derivedFrom"] == [{"reference": f"Observation/{isolate['id']}"}]
    assert "derivedFrom" not in isolate


def test_reflex_names_its_parent_where_that_came_before() -> None:
    found = mapped(MSH, PID, "ORC|RE||F2", child("^F1", placer=""), SUSCEPTIBLE)
    request = sole(found, "ServiceRequest")
    assert request["intent"] == "reflex-order"
    assert read(request, "basedOn.identifier.value") == ["F1"]
    (parent,) = read(sole(found, "Observation"), "derivedFrom")
    assert read(parent, "identifier.value") == ["F1"]
    assert read(parent, "display") == ["Organism: E coli"]


def test_screen_and_its_confirmation_are_linked() -> None:
    screen = segment("OBR", f2="P1", f3="F1", f4="24349-3^Drug screen^LN", f25="F")
    positive = "3879-4&Opiates&LN^^Positive"
    confirm = segment(
        "OBR", f3="F2", f4="8220-6^Opiates^LN", f11="G", f25="F", f26=positive, f29="^F1"
    )
    found = mapped(
        MSH, PID, ORC, screen, obx("3879-4^Opiates^LN", "Positive", f8="A"),
        obx("2161-8^Creatinine^LN", "90", kind="NM"), "ORC|RE||F2", confirm,
        obx("16249-5^Codeine^LN", "420", kind="NM", f7="<50"),
    )  # fmt: skip
    presumptive, _, codeine = resources(found, "Observation")
    assert codeine["derivedFrom"] == [{"reference": f"Observation/{presumptive['id']}"}]
    first, second = entries(found, "ServiceRequest")
    assert second.resource["basedOn"] == [{"reference": first.full_url}]
    assert second.resource["intent"] == "reflex-order"
