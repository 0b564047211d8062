"""A small synthetic practice, its resources under ids of its own: `p1` is a Patient, `o1` ..."""

from decimal import Decimal

from fhir_server.model.resource import JsonObject, JsonValue

LOINC = "http://loinc.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
MRN = "https://harbor.example/mrn"
LOCAL = "https://harbor.example/CodeSystem/service"
MOOD = "https://harbor.example/ValueSet/mood"
PHQ9 = "https://harbor.example/Questionnaire/phq-9"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def coding(system: str, code: str, display: str = "") -> JsonObject:
    """Return a Coding."""
    made: JsonObject = {"system": system, "code": code}
    return made | ({"display": display} if display else {})


def concept(system: str, code: str, display: str = "", text: str = "") -> JsonObject:
    """Return a CodeableConcept."""
    made: JsonObject = {"coding": [coding(system, code, display)]}
    return made | ({"text": text} if text else {})


def to(reference: str) -> JsonObject:
    """Return a Reference."""
    return {"reference": reference}


def quantity(value: str, code: str, unit: str = "") -> JsonObject:
    """Return a Quantity in a unit of UCUM."""
    return {"value": Decimal(value), "unit": unit or code, "system": UCUM, "code": code}


def narrative(text: str) -> JsonObject:
    """Return a generated Narrative."""
    return {"status": "generated", "div": DIV.format(text)}


def resource(reference: str, **members: JsonValue) -> JsonObject:
    """Return a resource, `Patient/p1`, with these members."""
    type, _, id = reference.partition("/")
    return {"resourceType": type, "id": id, **members}


def observation(id: str, subject: str, code: JsonObject, **members: JsonValue) -> JsonObject:
    """Return a final Observation."""
    return resource(f"Observation/{id}", status="final", code=code, subject=to(subject), **members)


def organizations() -> list[JsonObject]:
    """Return the practice, its clinic, and those who work there."""
    return [
        resource("Organization/o1", name="Harbor Behavioral Health", active=True),
        resource("Organization/o2", name="Harbor Clinic East", partOf=to("Organization/o1")),
        resource("Practitioner/d1", name=[{"family": "Reyes", "given": ["Marisol"]}]),
        resource("Practitioner/d2", name=[{"family": "Müller", "given": ["Jörg"]}]),
        location("l1", "42.3601", "-71.0589", managingOrganization=to("Organization/o1")),
        location("l2", "40.7128", "-74.0060", partOf=to("Location/l1")),
        location("l3", "-17.7", "179.95"),
        location("l4", "-17.7", "-179.95"),
    ]


def location(id: str, latitude: str, longitude: str, **members: JsonValue) -> JsonObject:
    """Return a Location with its position."""
    place: JsonObject = {"latitude": Decimal(latitude), "longitude": Decimal(longitude)}
    return resource(
        f"Location/{id}", status="active", name=f"Place {id}", position=place, **members
    )


def patients() -> list[JsonObject]:
    """Return four persons."""
    number: JsonObject = {"type": concept(TYPE, "MR", text="Chart number"), "system": MRN}
    return [
        resource(
            "Patient/p1",
            meta={"tag": [coding("urn:tag", "vip")], "profile": ["https://harbor.example/person"]},
            text=narrative("Ada Rivera, referred by her school counselor"),
            identifier=[number | {"value": "A1"}],
            active=True,
            name=[{"family": "Rivera", "given": ["Ada", "Maria"]}],
            telecom=[{"system": "phone", "value": "555-0100", "use": "home"}],
            gender="female",
            birthDate="1980-02-29",
            address=[{"city": "Boston", "state": "MA", "line": ["1 Pier Road"]}],
            generalPractitioner=[to("Practitioner/d1")],
            managingOrganization=to("Organization/o2"),
        ),
        resource(
            "Patient/p2",
            meta={"security": [coding("urn:label", "R")]},
            identifier=[number | {"value": "B2"}],
            name=[{"family": "O'Brien", "given": ["Zoë"]}],
            gender="male",
            birthDate="1980",
            deceasedBoolean=True,
            generalPractitioner=[to("Practitioner/d2")],
            managingOrganization=to("Organization/o1"),
        ),
        resource(
            "Patient/p3",
            active=False,
            name=[{"family": "Straße", "given": ["Lee"]}],
            gender="unknown",
            birthDate="1975-06",
        ),
        resource("Patient/p4", name=[{"text": "Jordan Doe"}]),
    ]


def encounters() -> list[JsonObject]:
    """Return visits with what was found in them."""
    return [
        resource(
            "Encounter/e1",
            status="finished",
            **{"class": coding(CLASS, "AMB")},
            subject=to("Patient/p1"),
            participant=[{"individual": to("Practitioner/d1")}],
            period={"start": "2026-03-01T09:00:00-05:00", "end": "2026-03-01T10:00:00-05:00"},
            serviceProvider=to("Organization/o2"),
            location=[{"location": to("Location/l1")}],
        ),
        resource(
            "Encounter/e2",
            status="in-progress",
            **{"class": coding(CLASS, "VR")},
            subject=to("Patient/p2"),
            period={"start": "2026-03-02T23:30:00-05:00"},
        ),
        resource(
            "Condition/c1",
            subject=to("Patient/p1"),
            encounter=to("Encounter/e1"),
            code=concept(ICD10, "F33.1", text="Recurrent depression, moderate"),
        ),
        resource(
            "Condition/c2",
            subject=to("Patient/p2"),
            code=concept(ICD10, "F10.20", "Alcohol dependence, uncomplicated"),
        ),
    ]


def observations() -> list[JsonObject]:
    """Return measurements, scores and findings."""
    vital: JsonObject = concept(CATEGORY, "vital-signs")
    return [
        observation(
            "ob1",
            "Patient/p1",
            concept(LOINC, "85354-9"),
            category=[vital],
            encounter=to("Encounter/e1"),
            effectiveDateTime="2026-03-01T09:10:00-05:00",
            component=[
                {"code": concept(LOINC, "8480-6"), "valueQuantity": quantity("120", "mm[Hg]")},
                {"code": concept(LOINC, "8462-4"), "valueQuantity": quantity("80", "mm[Hg]")},
            ],
        ),
        observation(
            "ob2",
            "Patient/p1",
            concept(LOINC, "44261-6", "PHQ-9 total score"),
            effectiveDateTime="2026-03-01",
            valueQuantity=quantity("14", "{score}"),
        ),
        observation(
            "ob3",
            "Patient/p1",
            concept(LOINC, "14334-7", "Lithium [Moles/volume] in Serum or Plasma"),
            effectivePeriod={"start": "2026-02-01", "end": "2026-02-28"},
            valueQuantity=quantity("0.80", "mmol/L"),
        ),
        observation(
            "ob4", "Patient/p2", concept(LOINC, "29463-7"), valueQuantity=quantity("80000", "g")
        ),
        observation(
            "ob5", "Patient/p1", concept(LOINC, "29463-7"), valueQuantity=quantity("81", "kg")
        ),
        observation(
            "ob6",
            "Patient/p2",
            concept(LOINC, "75276-6"),
            valueString="Denies suicidal ideation",
            hasMember=[to("Observation/ob7")],
        ),
        observation(
            "ob7",
            "Patient/p2",
            concept(LOCAL, "outpatient"),
            valueCodeableConcept=concept("urn:result", "positive"),
        ),
        observation("ob8", "Patient/p4", concept(LOCAL, "group")),
    ]


def records() -> list[JsonObject]:
    """Return lists, forms, terminology and where a record came from."""
    return [
        resource(
            "List/li1",
            status="current",
            mode="working",
            entry=[{"item": to("Patient/p1")}, {"item": to("Patient/p3")}],
        ),
        resource("Questionnaire/q1", url=PHQ9, version="1.0", status="active", title="PHQ-9"),
        resource(
            "QuestionnaireResponse/r1",
            status="completed",
            questionnaire=f"{PHQ9}|1.0",
            subject=to("Patient/p1"),
        ),
        resource(
            "ValueSet/v1",
            url=MOOD,
            status="active",
            compose={"include": [{"system": ICD10, "concept": [{"code": "F33.1"}]}]},
        ),
        resource(
            "CodeSystem/s1",
            url=LOCAL,
            status="active",
            content="complete",
            concept=[
                {
                    "code": "service",
                    "concept": [{"code": "outpatient", "concept": [{"code": "group"}]}],
                }
            ],
        ),
        resource(
            "Provenance/pr1",
            target=[to("Observation/ob1")],
            recorded="2026-03-01T10:00:00Z",
            agent=[{"who": to("Practitioner/d1")}],
        ),
    ]


def resources() -> list[JsonObject]:
    """Return all of them."""
    return [*organizations(), *patients(), *encounters(), *observations(), *records()]


def transaction() -> JsonObject:
    """Return the transaction that stores them under their ids."""
    entries: list[JsonValue] = [
        {
            "resource": one,
            "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"},
        }
        for one in resources()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}
