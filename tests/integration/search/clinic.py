"""A small practice to be searched through: people, organizations, and what refers to what."""

from fhir_server.model.resource import JsonObject, JsonValue


def made(type: str, id: str, /, **members: JsonValue) -> JsonObject:
    return {"resourceType": type, "id": id, **members}


def to(reference: str) -> JsonObject:
    return {"reference": reference}


def coded(code: str) -> JsonObject:
    return {"coding": [{"system": "urn:codes", "code": code}]}


def person(id: str, family: str, gender: str, **members: JsonValue) -> JsonObject:
    named: list[JsonValue] = [{"family": family, "given": ["Jo"]}]
    return made("Patient", id, name=named, gender=gender, **members)


def observation(id: str, subject: str, code: str, **members: JsonValue) -> JsonObject:
    return made("Observation", id, status="final", code=coded(code), subject=to(subject), **members)


ORGANIZATIONS = (
    made("Organization", "north", name="North Clinic", active=True),
    made("Organization", "south", name="South Clinic", partOf=to("Organization/north")),
    made("Organization", "west", name="West House", partOf=to("Organization/south")),
)
PEOPLE = (
    made("Practitioner", "doc", name=[{"family": "Adler"}], identifier=[{"value": "npi-1"}]),
    made("Practitioner", "nurse", name=[{"family": "Brandt"}], identifier=[{"value": "npi-2"}]),
    person(
        "ann",
        "Weber",
        "female",
        birthDate="1980-05-01",
        managingOrganization=to("Organization/north"),
        generalPractitioner=[to("Practitioner/doc"), to("Organization/west")],
        meta={"tag": [{"system": "urn:tags", "code": "study"}]},
    ),
    person(
        "bob",
        "Weber",
        "male",
        birthDate="1990-07-07",
        managingOrganization=to("Organization/south"),
        generalPractitioner=[to("Practitioner/nurse")],
    ),
    person("cid", "Klein", "male", link=[{"other": to("Patient/bob"), "type": "seealso"}]),
    made("Group", "trial", type="person", actual=True, member=[{"entity": to("Patient/ann")}]),
    made("Device", "pump", deviceName=[{"name": "Pump", "type": "other"}]),
)
RECORDS = (
    made("Encounter", "visit", status="finished", subject=to("Patient/ann")),
    made("Encounter", "stay", status="planned", subject=to("Patient/bob")),
    observation("o1", "Patient/ann", "bp", encounter=to("Encounter/visit")),
    observation("o2", "Patient/bob", "bp", performer=[to("Practitioner/doc")]),
    observation("o3", "Patient/cid", "hr", performer=[to("Practitioner/nurse")]),
    observation("o4", "Group/trial", "hr"),
    observation("o5", "Device/pump", "hr", device=to("Device/pump")),
    observation("o6", "https://elsewhere.example/Patient/ann", "bp"),
    observation("o7", "Patient/ann/_history/1", "wt", valueQuantity={"value": 80, "code": "kg"}),
    made(
        "Condition", "c1", subject=to("Patient/ann"), code=coded("f32"), asserter=to("Patient/bob")
    ),
    made("Condition", "c2", subject=to("Patient/bob"), code=coded("f33")),
    made(
        "AuditEvent",
        "a1",
        agent=[{"who": to("Practitioner/doc"), "requestor": True}],
        entity=[{"what": to("Observation/o1")}],
    ),
    made(
        "AuditEvent",
        "a2",
        agent=[{"who": to("Practitioner/nurse"), "requestor": True}],
        entity=[{"what": to("Observation/o2")}, {"what": to("Patient/cid")}],
    ),
    made("Questionnaire", "phq", url="urn:q:phq", version="2", title="Mood", status="active"),
    made("Questionnaire", "gad", url="urn:q:gad", version="1", title="Worry", status="draft"),
    made("QuestionnaireResponse", "r1", questionnaire="urn:q:phq", subject=to("Patient/ann")),
    made("QuestionnaireResponse", "r2", questionnaire="urn:q:phq|2", subject=to("Patient/bob")),
    made("QuestionnaireResponse", "r3", questionnaire="urn:q:phq|1", subject=to("Patient/bob")),
    made("QuestionnaireResponse", "r4", questionnaire="Questionnaire/gad"),
    made("List", "round", entry=[{"item": to("Patient/ann")}, {"item": to("Observation/o2")}]),
    made("List", "empty", status="current"),
    made("Basic", "note", code=coded("note"), subject=to("Patient/ann")),
)
EVERYTHING = (*ORGANIZATIONS, *PEOPLE, *RECORDS)
