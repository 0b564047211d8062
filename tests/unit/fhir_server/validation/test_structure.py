"""What a resource may look like, case by case, and what is said when it may not."""

from decimal import Decimal

import pytest

from fhir_server.model.codec import SpelledDecimal, decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.finding import MAX_ISSUES
from fhir_server.validation.structure import MAX_SCHEMAS, Validator
from profiles.loader import load

DEFINITIONS = load()
VALIDATOR = Validator(DEFINITIONS)
EXTENSION: JsonObject = {"url": "http://example.org/e", "valueCode": "x"}
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">text</div>'
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def patient(**members: JsonValue) -> JsonObject:
    return {"resourceType": "Patient", **members}


def observation(**members: JsonValue) -> JsonObject:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "code"},
        **members,
    }


def extended(**members: JsonValue) -> JsonObject:
    return patient(extension=[{"url": "http://example.org/e", **members}])


def condition(**members: JsonValue) -> JsonObject:
    return {"resourceType": "Condition", "subject": {"display": "x"}, **members}


def found(resource: JsonObject) -> list[tuple[str | None, str | None]]:
    return [(issue.detail, issue.expression) for issue in VALIDATOR.check(resource)]


GOOD: dict[str, JsonObject] = {
    "empty patient": patient(),
    "dates of each precision": patient(birthDate="1970", deceasedDateTime="2020-02-29T10:00:00Z"),
    "year and month": patient(birthDate="1970-01"),
    "leap second": patient(deceasedDateTime="2016-12-31T23:59:60Z"),
    "boolean": patient(active=False),
    "integer": patient(multipleBirthInteger=2),
    "decimal as written": observation(valueQuantity={"value": Decimal("80.00")}),
    "integer for decimal": observation(valueQuantity={"value": 80}),
    "decimal in its own spelling": observation(valueQuantity={"value": SpelledDecimal("1e3")}),
    "longest id": patient(id="a" * 64),
    "extension of primitive": patient(_birthDate={"extension": [EXTENSION]}, birthDate="1970"),
    "extension instead of value": patient(_birthDate={"extension": [EXTENSION]}),
    "id of primitive": patient(_birthDate={"id": "b1"}, birthDate="1970"),
    "null pairs with extension": patient(
        name=[{"given": ["Ann", None], "_given": [None, {"extension": [EXTENSION]}]}]
    ),
    "only extensions in array": patient(name=[{"_given": [{"extension": [EXTENSION]}]}]),
    "required value replaced by extension": {
        "resourceType": "Observation",
        "_status": {"extension": [EXTENSION]},
        "code": {"text": "x"},
    },
    "choice with extension": observation(valueString="x", _valueString={"id": "v"}),
    "choice by extension only": observation(_valueString={"extension": [EXTENSION]}),
    "nested extensions": extended(extension=[{"url": "a", "valueString": "b"}]),
    "extension with id": extended(id="e1", valueString="b"),
    "extension of value": extended(_valueString={"extension": [EXTENSION]}),
    "contained": patient(
        contained=[{"resourceType": "Organization", "id": "o"}],
        managingOrganization={"reference": "#o"},
    ),
    "narrative": patient(text={"status": "generated", "div": DIV}),
    "base64": patient(photo=[{"data": "QUJD REVG\nQQ=="}]),
    "whitespace-only string": patient(name=[{"text": " "}]),
    "tab and line feed": patient(name=[{"text": "a\tb\nc"}]),
    "any language": patient(name=[{"family": "Ōта\u00a0\U0001f600"}]),
    "code with a space": patient(communication=[{"language": {"coding": [{"code": "a b"}]}}]),
    "array of codes": {
        "resourceType": "ImplementationGuide",
        "url": "http://example.org/ig",
        "name": "Ig",
        "status": "draft",
        "packageId": "ig",
        "fhirVersion": ["4.0.1"],
    },
    "bound concept": condition(clinicalStatus={"coding": [{"system": CLINICAL, "code": "active"}]}),
    "bound concept beside another": condition(
        clinicalStatus={
            "coding": [{"system": "urn:x", "code": "y"}, {"system": CLINICAL, "code": "active"}]
        }
    ),
    "silent bound concept": condition(clinicalStatus={"extension": [EXTENSION]}),
    "recursive content": {
        "resourceType": "Questionnaire",
        "status": "draft",
        "item": [
            {"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "display"}]},
        ],
    },
    "bundle": {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": "urn:uuid:x", "resource": patient(active=True)}],
    },
    "parameters": {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "a", "valueString": "b"},
            {"name": "c", "resource": patient()},
            {"name": "d", "part": [{"name": "e", "resource": patient(active=True)}]},
        ],
    },
}

BAD: dict[str, tuple[JsonObject, str, str]] = {
    "unknown element": (patient(nickname="x"), "unknown-element", "Patient.nickname"),
    "unknown element in a type": (
        patient(name=[{"first": "x"}]),
        "unknown-element",
        "Patient.name[0].first",
    ),
    "unknown element in a backbone": (
        patient(contact=[{"gender": "male"}, {"sex": "x"}]),
        "unknown-element",
        "Patient.contact[1].sex",
    ),
    "comments of old": (patient(fhir_comments=["x"]), "unknown-element", "Patient.fhir_comments"),
    "resourceType of a type": (
        patient(name=[{"resourceType": "HumanName"}]),
        "unknown-element",
        "Patient.name[0].resourceType",
    ),
    "choice without type": (observation(value="x"), "unknown-element", "Observation.value"),
    "choice with another type": (
        observation(valueCoding={"code": "x"}),
        "unknown-element",
        "Observation.valueCoding",
    ),
    "extension of a complex type": (
        patient(_name=[{"extension": [EXTENSION]}]),
        "unknown-element",
        "Patient._name",
    ),
    "extension of an id": (patient(_id={"id": "x"}), "unknown-element", "Patient._id"),
    "value in an extension member": (
        patient(_birthDate={"value": "1970"}),
        "unknown-element",
        "Patient.birthDate.value",
    ),
    "text for boolean": (patient(active="true"), "wrong-type", "Patient.active"),
    "number for boolean": (patient(active=1), "wrong-type", "Patient.active"),
    "text for integer": (
        patient(multipleBirthInteger="2"),
        "wrong-type",
        "Patient.multipleBirth.ofType(integer)",
    ),
    "2.0 for integer": (
        patient(multipleBirthInteger=Decimal("2.0")),
        "wrong-type",
        "Patient.multipleBirth.ofType(integer)",
    ),
    "boolean for integer": (
        patient(multipleBirthInteger=True),
        "wrong-type",
        "Patient.multipleBirth.ofType(integer)",
    ),
    "text for decimal": (
        observation(valueQuantity={"value": "1.50"}),
        "wrong-type",
        "Observation.value.ofType(Quantity).value",
    ),
    "number for text": (patient(name=[{"family": 1}]), "wrong-type", "Patient.name[0].family"),
    "text for object": (patient(maritalStatus="M"), "wrong-type", "Patient.maritalStatus"),
    "text for reference": (
        patient(managingOrganization="Organization/1"),
        "wrong-type",
        "Patient.managingOrganization",
    ),
    "object for array": (patient(name={"family": "x"}), "wrong-type", "Patient.name"),
    "text for array": (patient(name=[{"given": "x"}]), "wrong-type", "Patient.name[0].given"),
    "array for object": (patient(maritalStatus=[{"text": "x"}]), "wrong-type", "Patient.marital"),
    "array for text": (patient(gender=["male"]), "wrong-type", "Patient.gender"),
    "object for text": (patient(gender={"value": "male"}), "wrong-type", "Patient.gender"),
    "array for extension member": (
        patient(_birthDate=[{"extension": [EXTENSION]}]),
        "wrong-type",
        "Patient.birthDate",
    ),
    "object for extension members": (
        patient(name=[{"_given": {"extension": [EXTENSION]}}]),
        "wrong-type",
        "Patient.name[0].given",
    ),
    "integer out of range": (
        patient(multipleBirthInteger=2**31),
        "bad-format",
        "Patient.multipleBirth.ofType(integer)",
    ),
    "zero for positiveInt": (
        patient(telecom=[{"rank": 0}]),
        "bad-format",
        "Patient.telecom[0].rank",
    ),
    "impossible day": (patient(birthDate="2020-02-30"), "bad-format", "Patient.birthDate"),
    "no leap year": (patient(birthDate="2019-02-29"), "bad-format", "Patient.birthDate"),
    "no leap century": (patient(birthDate="1900-02-29"), "bad-format", "Patient.birthDate"),
    "month 13": (patient(birthDate="2020-13"), "bad-format", "Patient.birthDate"),
    "year zero": (patient(birthDate="0000"), "bad-format", "Patient.birthDate"),
    "time in a date": (
        patient(birthDate="2020-01-01T10:00:00Z"),
        "bad-format",
        "Patient.birthDate",
    ),
    "dateTime without offset": (
        patient(deceasedDateTime="2020-01-01T10:00:00"),
        "bad-format",
        "Patient.deceased.ofType(dateTime)",
    ),
    "dateTime without seconds": (
        patient(deceasedDateTime="2020-01-01T10:00Z"),
        "bad-format",
        "Patient.deceased.ofType(dateTime)",
    ),
    "hour 24": (
        patient(deceasedDateTime="2020-01-01T24:00:00Z"),
        "bad-format",
        "Patient.deceased.ofType(dateTime)",
    ),
    "date for instant": (
        patient(meta={"lastUpdated": "2020-01-01"}),
        "bad-format",
        "Patient.meta.lastUpdated",
    ),
    "id too long": (patient(id="a" * 65), "bad-format", "Patient.id"),
    "id with underscore": (patient(id="a_b"), "bad-format", "Patient.id"),
    "id with line feed": (patient(id="a\n"), "bad-format", "Patient.id"),
    "uri with a space": (
        patient(identifier=[{"system": "urn:a b"}]),
        "bad-format",
        "Patient.identifier[0].system",
    ),
    "code with two spaces": (
        patient(communication=[{"language": {"coding": [{"code": "a  b"}]}}]),
        "bad-format",
        "Patient.communication[0].language.coding[0].code",
    ),
    "base64 with a foreign character": (
        patient(photo=[{"data": "QUJ*"}]),
        "bad-format",
        "Patient.photo[0].data",
    ),
    "base64 cut short": (patient(photo=[{"data": "QUJDR"}]), "bad-format", "Patient.photo[0].data"),
    "control character": (
        patient(name=[{"text": "a\u0001"}]),
        "bad-format",
        "Patient.name[0].text",
    ),
    "code outside a required binding": (patient(gender="M"), "bad-code", "Patient.gender"),
    "code outside a binding in an array": (
        patient(name=[{"use": "nick"}]),
        "bad-code",
        "Patient.name[0].use",
    ),
    "concept outside a required binding": (
        condition(clinicalStatus={"coding": [{"system": CLINICAL, "code": "gone"}]}),
        "bad-code",
        "Condition.clinicalStatus",
    ),
    "bound code of another system": (
        condition(clinicalStatus={"coding": [{"system": "urn:x", "code": "active"}]}),
        "bad-code",
        "Condition.clinicalStatus",
    ),
    "bound concept as text only": (
        condition(clinicalStatus={"text": "active"}),
        "bad-code",
        "Condition.clinicalStatus",
    ),
    "required element missing": (
        {"resourceType": "Observation", "status": "final"},
        "missing-required",
        "Observation.code",
    ),
    "required array missing": (
        {"resourceType": "Linkage"},
        "missing-required",
        "Linkage.item",
    ),
    "required choice missing": (
        {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": {"display": "x"},
        },
        "missing-required",
        "MedicationRequest.medication",
    ),
    "required element of a backbone missing": (
        patient(link=[{"other": {"display": "x"}}]),
        "missing-required",
        "Patient.link[0].type",
    ),
    "url of extension missing": (
        patient(extension=[{"valueString": "x"}]),
        "missing-required",
        "Patient.extension[0].url",
    ),
    "empty text": (patient(name=[{"family": ""}]), "empty-value", "Patient.name[0].family"),
    "empty object": (patient(maritalStatus={}), "empty-value", "Patient.maritalStatus"),
    "empty array": (patient(name=[]), "empty-value", "Patient.name"),
    "empty array of values": (
        patient(name=[{"given": []}]),
        "empty-value",
        "Patient.name[0].given",
    ),
    "empty object in an array": (patient(name=[{}]), "empty-value", "Patient.name[0]"),
    "empty extension member": (patient(_birthDate={}), "empty-value", "Patient.birthDate"),
    "empty contained": (patient(contained=[]), "empty-value", "Patient.contained"),
    "null value": (patient(gender=None), "misplaced-null", "Patient.gender"),
    "null object": (patient(maritalStatus=None), "misplaced-null", "Patient.maritalStatus"),
    "null array": (patient(name=None), "misplaced-null", "Patient.name"),
    "null extension member": (patient(_birthDate=None), "misplaced-null", "Patient.birthDate"),
    "null in an array of objects": (patient(name=[None]), "misplaced-null", "Patient.name[0]"),
    "unpaired null": (
        patient(name=[{"given": ["Ann", None]}]),
        "misplaced-null",
        "Patient.name[0].given[1]",
    ),
    "null on both sides": (
        patient(name=[{"given": ["Ann", None], "_given": [{"id": "x"}, None]}]),
        "misplaced-null",
        "Patient.name[0].given[1]",
    ),
    "arrays of different length": (
        patient(name=[{"given": ["Ann"], "_given": [None, {"id": "x"}]}]),
        "misplaced-null",
        "Patient.name[0].given",
    ),
    "two types of one choice": (
        patient(deceasedBoolean=False, deceasedDateTime="2020"),
        "several-choices",
        "Patient.deceased",
    ),
    "two types of one choice, one by extension": (
        patient(deceasedBoolean=False, _deceasedDateTime={"id": "x"}),
        "several-choices",
        "Patient.deceased",
    ),
    "extension with two values": (
        extended(valueString="x", valueCode="x"),
        "several-choices",
        "Patient.extension[0].value",
    ),
    "extension with value and extensions": (
        extended(valueString="x", extension=[EXTENSION]),
        "extension-value",
        "Patient.extension[0]",
    ),
    "extension with neither": (extended(), "extension-value", "Patient.extension[0]"),
    "extension with an id only": (extended(id="x"), "extension-value", "Patient.extension[0]"),
    "contained without type": (
        patient(contained=[{"id": "o"}]),
        "missing-required",
        "Patient.contained[0].resourceType",
    ),
    "contained of an unknown type": (
        patient(contained=[{"resourceType": "Nonsense"}]),
        "unknown-type",
        "Patient.contained[0].resourceType",
    ),
    "contained in contained": (
        patient(contained=[patient(contained=[patient()])]),
        "nested-contained",
        "Patient.contained[0].contained",
    ),
    "fault in contained": (
        patient(contained=[patient(gender="M")]),
        "bad-code",
        "Patient.contained[0].gender",
    ),
    "contained is no object": (patient(contained=["x"]), "wrong-type", "Patient.contained[0]"),
    "script in narrative": (
        patient(text={"status": "generated", "div": DIV.replace("text", "<script>1</script>")}),
        "unsafe-narrative",
        "Patient.text.div",
    ),
    "narrative without status": (
        patient(text={"div": DIV}),
        "missing-required",
        "Patient.text.status",
    ),
    "unknown type": ({"resourceType": "Nonsense"}, "unknown-type", "Resource.resourceType"),
    "abstract type": ({"resourceType": "Resource"}, "unknown-type", "Resource.resourceType"),
    "data type": ({"resourceType": "HumanName"}, "unknown-type", "Resource.resourceType"),
    "type is no text": ({"resourceType": 1}, "unknown-type", "Resource.resourceType"),
    "no type": ({"id": "x"}, "missing-required", "Resource.resourceType"),
    "fault in a bundle": (
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": patient()}, {"resource": patient(gender="M")}],
        },
        "bad-code",
        "Bundle.entry[1].resource.gender",
    ),
    "fault of a bundle": (
        {"resourceType": "Bundle", "entry": [{"resource": patient()}]},
        "missing-required",
        "Bundle.type",
    ),
    "fault in a part": (
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "a", "part": [{"name": "b", "resource": patient(active=1)}]}],
        },
        "wrong-type",
        "Parameters.parameter[0].part[0].resource.active",
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_valid_resource_has_no_issue(case: str) -> None:
    assert VALIDATOR.check(GOOD[case]) == ()


@pytest.mark.parametrize("case", BAD)
def test_fault_is_named_with_its_place(case: str) -> None:
    resource, detail, expression = BAD[case]
    issues = VALIDATOR.check(resource)
    assert [(issue.detail, issue.severity) for issue in issues] == [(detail, "error")]
    assert (issues[0].expression or "").startswith(expression)


@pytest.mark.parametrize("case", BAD)
def test_no_fault_is_accepted_by_the_schema(case: str) -> None:
    assert not VALIDATOR.accepts(BAD[case][0])


def test_every_fault_is_listed_in_order() -> None:
    assert found(patient(gender="M", active="x", name=[{"given": []}], extra=1)) == [
        ("bad-code", "Patient.gender"),
        ("wrong-type", "Patient.active"),
        ("empty-value", "Patient.name[0].given"),
        ("unknown-element", "Patient.extra"),
    ]


def test_coding_of_the_wrong_type_is_bound_to_nothing() -> None:
    resource = condition(clinicalStatus={"coding": [{"system": CLINICAL, "code": []}, "active"]})
    assert found(resource) == [
        ("wrong-type", "Condition.clinicalStatus.coding[0].code"),
        ("wrong-type", "Condition.clinicalStatus.coding[1]"),
        ("bad-code", "Condition.clinicalStatus"),
    ]


def test_number_of_issues_is_bounded() -> None:
    issues = VALIDATOR.check(patient(name=[{"use": "x"}] * (2 * MAX_ISSUES)))
    assert len(issues) == MAX_ISSUES + 1
    assert issues[-1].detail == "too-many-issues"


def test_issues_have_the_issue_types_of_r4() -> None:
    types = {issue.detail: issue.code for row in BAD.values() for issue in VALIDATOR.check(row[0])}
    assert types["missing-required"] == "required"
    assert types["bad-code"] == "code-invalid"
    assert types["bad-format"] == "value"
    assert types["unknown-element"] == "structure"


def test_values_are_not_repeated_in_diagnostics() -> None:
    resource = patient(
        gender="Secret", birthDate="Secret", active="Secret", name=[{"Secret name": 1}]
    )
    issues = VALIDATOR.check(resource)
    assert len(issues) == 4
    assert not any("Secret" in f"{issue.diagnostics}{issue.expression}" for issue in issues)


def test_entries_are_left_alone_when_asked() -> None:
    bundle: JsonObject = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"request": {"method": "POST", "url": "Patient"}, "resource": patient(gender="M")},
            {"request": {"method": "FETCH", "url": "Patient"}},
        ],
    }
    assert [issue.detail for issue in VALIDATOR.check(bundle)] == ["bad-code", "bad-code"]
    shallow = VALIDATOR.check(bundle, entries=False)
    assert [issue.expression for issue in shallow] == ["Bundle.entry[1].request.method"]


def test_entries_have_a_known_type_even_when_left_alone() -> None:
    bundle: JsonObject = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": {"resourceType": "Nonsense"}}],
    }
    (issue,) = VALIDATOR.check(bundle, entries=False)
    assert issue.detail == "unknown-type"


def test_deepest_body_is_judged() -> None:
    body = b'{"resourceType":"Patient","extension":[' + b'{"url":"u","extension":[' * 30
    body += b'{"url":"u"}' + b"]}" * 31
    issues = VALIDATOR.check(decode(body))
    assert [issue.detail for issue in issues] == ["extension-value"]


def test_only_some_schemas_are_kept() -> None:
    validator = Validator(DEFINITIONS)
    for name in DEFINITIONS.resource_types[: MAX_SCHEMAS + 3]:
        validator.accepts({"resourceType": name})
    assert len(validator._schemas) == MAX_SCHEMAS
    assert validator.check({"resourceType": "Account", "status": "active"}) == ()
