"""Chains and reverse chains: what a search through other resources finds."""

import pytest

from fhir_server.search.query import Total
from fhir_server.store.unit_of_work import Store
from tests.integration.search.clinic import EVERYTHING, observation, person
from tests.integration.search.sample import (
    ELSEWHERE,
    create,
    delete,
    ids,
    pages,
    search,
    update,
)

CASES = """
Observation?subject:Patient.name=weber -> o1 o2 o7
Observation?subject.name=weber -> o1 o2 o7
Observation?subject.name:exact=Weber -> o1 o2 o7
Observation?subject.name:exact=weber ->
Observation?subject.name:contains=ebe -> o1 o2 o7
Observation?patient.name=weber -> o1 o2 o7
Observation?subject:Group.actual=true -> o4
Observation?subject.device-name=pump -> o5
Observation?subject:Patient.gender=male -> o2 o3
Observation?subject:Patient.gender:not=male -> o1 o7
Observation?subject:Patient.gender=male,female -> o1 o2 o3 o7
Observation?subject:Patient.birthdate=ge1985 -> o2
Observation?subject:Patient.birthdate:missing=true -> o3
Observation?subject:Patient.birthdate:missing=false -> o1 o2 o7
Observation?subject:Patient.organization:missing=true -> o3
Observation?subject:Patient._id=ann,cid -> o1 o3 o7
Observation?subject._id=pump -> o5
Observation?subject._tag=urn:tags|study -> o1 o7
Observation?subject:Patient._lastUpdated=gt2000 -> o1 o2 o3 o7
Observation?subject:Patient.organization=south -> o2
Observation?subject:Patient.organization.name=north -> o1 o7
Observation?subject.organization.name:contains=clinic -> o1 o2 o7
Observation?subject:Patient.organization:Organization.partof.name=north -> o2
Observation?subject.organization.partof._id=north -> o2
Observation?subject:Patient.general-practitioner:Practitioner.identifier=npi-1 -> o1 o7
Observation?subject:Patient.general-practitioner.name=west -> o1 o7
Observation?subject:Patient.general-practitioner.name=brandt -> o2
Observation?subject.name=weber&subject.gender=male -> o2
Observation?subject.name=weber&code=wt -> o7
Observation?subject.name=nobody ->
Observation?subject:Patient.link.name=weber -> o3
Observation?performer.name=adler -> o2
Observation?encounter.status=finished -> o1
Observation?subject:Patient.name=weber&performer:Practitioner.name=adler -> o2
Observation?subject:Group.member:Patient.name=weber -> o4
Organization?partof.partof.name=north -> west
Organization?partof.active=true -> south
QuestionnaireResponse?questionnaire.title=mood -> r1 r2 r3
QuestionnaireResponse?questionnaire:Questionnaire.title=mood -> r1 r2 r3
QuestionnaireResponse?questionnaire.title=worry -> r4
QuestionnaireResponse?questionnaire.status=active&subject.name=weber -> r1 r2 r3
QuestionnaireResponse?questionnaire.version=2 -> r1 r2 r3
AuditEvent?entity.code=bp -> a1 a2
AuditEvent?entity:Observation.subject.name=weber -> a1 a2
AuditEvent?entity.name=klein -> a2
AuditEvent?entity.status=final&agent.name=adler -> a1
Patient?_has:Observation:patient:code=bp -> ann bob
Patient?_has:Observation:patient:code=hr -> cid
Patient?_has:Observation:patient:code:not=bp -> ann cid
Patient?_has:Observation:subject:performer.name=adler -> bob
Patient?_has:Observation:patient:performer:Practitioner.identifier=npi-2 -> cid
Patient?_has:Observation:patient:_has:AuditEvent:entity:agent=doc -> ann
Patient?_has:Observation:patient:_has:AuditEvent:entity:agent.name=brandt -> bob
Patient?_has:Observation:patient:code=bp&_has:Condition:patient:code=f32 -> ann
Patient?_has:Observation:patient:code=bp&gender=male -> bob
Patient?_has:Condition:asserter:code=f32 -> bob
Patient?_has:Patient:link:gender=male -> bob
Patient?_has:Observation:patient:_id=o7 -> ann
Patient?_has:Observation:patient:encounter:missing=false -> ann
Patient?_has:Observation:patient:value-quantity=80 -> ann
Patient?_has:Group:member:actual=true -> ann
Patient?_has:List:item:_id=round -> ann
Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=bp -> doc nurse
Practitioner?_has:Patient:general-practitioner:organization.name=south -> nurse
Organization?_has:Patient:organization:name=weber -> north south
Observation?subject:Patient._has:Condition:patient:code=f33 -> o2
Observation?subject._has:Group:member:actual=true -> o1 o7
Questionnaire?_has:QuestionnaireResponse:questionnaire:subject=Patient/ann -> phq
Questionnaire?_has:QuestionnaireResponse:questionnaire:subject=bob -> phq
Observation?encounter:Encounter._has:Observation:encounter:subject.name=weber -> o1
Condition?subject.name=weber&_has:AuditEvent:entity:agent=doc ->
Patient?_list=round -> ann
Patient?_list=List/round,empty -> ann
Observation?_list=round -> o2
Observation?_list=empty ->
Observation?subject:Patient._list=round -> o1 o7
Patient?_list=round&gender=male ->
Patient?_filter=name co "ebe" and gender eq male -> bob
Patient?_filter=name eq weber or gender eq male -> ann bob cid
Patient?_filter=not (name eq weber) -> cid
Patient?_filter=(name eq klein or birthdate lt 1985) and not (gender eq female) -> cid
Patient?_filter=family ew ein -> cid
Patient?_filter=birthdate pr false or birthdate po 1990-07 -> bob cid
Patient?_filter=organization.name sw north or _id eq cid -> ann cid
Patient?_filter=organization pr true and not (organization.name sw south) -> ann
Patient?_filter=_has:Observation:patient:code eq bp and gender eq male -> bob
Patient?_filter=not (_has:Observation:patient:code eq bp) -> cid
Patient?_filter=general-practitioner re Practitioner/doc -> ann
Observation?_filter=subject.name co "web" -> o1 o2 o7
Observation?_filter=subject[name eq weber].gender eq male -> o2
Observation?_filter=subject[name eq weber and birthdate lt 1985].gender eq female -> o1 o7
Observation?_filter=subject[gender eq male].organization[active eq true].name co north ->
Observation?_filter=subject[gender eq female].organization[active eq true].name co north -> o1 o7
Observation?_filter=code eq hr or subject.name eq weber and performer pr true -> o2 o3 o4 o5
Observation?_filter=code eq wt or encounter.status eq finished&status=final -> o1 o7
Observation?_filter=value-quantity ge 80 or performer.name eq adler -> o2 o7
QuestionnaireResponse?_filter=questionnaire.title eq mood and subject.name eq weber -> r1 r2 r3
"""


def cases(text: str) -> list[tuple[str, frozenset[str]]]:
    """Return queries and the ids expected, of lines of two columns."""
    rows = (line.partition(" ->") for line in text.strip().splitlines())
    return [(asked.strip(), frozenset(found.split())) for asked, _, found in rows]


@pytest.fixture
def clinic(store: Store) -> Store:
    create(store, *EVERYTHING)
    return store


def asked(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the type and the pairs of a query as written in a table."""
    type, _, rest = text.partition("?")
    pairs = (one.partition("=") for one in rest.split("&"))
    return type, [(name, value) for name, _, value in pairs]


def test_searches_through_references_find_what_they_should(clinic: Store) -> None:
    wrong = []
    for text, expected in cases(CASES):
        type, pairs = asked(text)
        found = ids(search(clinic, type, *pairs))
        if sorted(found) != sorted(expected):
            wrong.append((text, found))
        counted = search(clinic, type, *pairs, ("_summary", "count"))
        if counted.total != Total(len(expected)):
            wrong.append((text, [str(counted.total)]))
        paged = [one for page in pages(clinic, type, *pairs, ("_count", "1")) for one in ids(page)]
        if paged != found:
            wrong.append((text, paged))
    assert not wrong, wrong


def test_deleted_resource_is_no_target_and_no_source_of_a_chain(clinic: Store) -> None:
    delete(clinic, "Patient", "ann")
    assert ids(search(clinic, "Observation", ("subject:Patient.name", "weber"))) == ["o2"]
    delete(clinic, "Observation", "o2")
    has = ("_has:Observation:patient:code", "bp")
    assert ids(search(clinic, "Patient", has)) == []


def test_chain_follows_what_references_and_targets_have_become(clinic: Store) -> None:
    update(clinic, observation("o3", "Patient/ann", "hr"))
    update(clinic, person("ann", "Adam", "female"))
    assert ids(search(clinic, "Observation", ("subject.name", "klein"))) == []
    assert ids(search(clinic, "Observation", ("subject.name", "adam"))) == ["o7", "o3", "o1"]


def test_chain_stays_within_its_tenant(clinic: Store) -> None:
    create(clinic, observation("theirs", "Patient/ann", "bp"), context=ELSEWHERE)
    name, has = ("subject.name", "weber"), ("_has:Observation:patient:code", "bp")
    assert ids(search(clinic, "Observation", name, context=ELSEWHERE)) == []
    create(clinic, person("ann", "Weber", "female"), context=ELSEWHERE)
    assert ids(search(clinic, "Observation", name, context=ELSEWHERE)) == ["theirs"]
    assert ids(search(clinic, "Patient", has, context=ELSEWHERE)) == ["ann"]


def test_thousands_of_alternatives_are_one_set(clinic: Store) -> None:
    """As many values as made other servers hang; more than the limit are refused by its name."""
    many = ",".join(f"urn:codes|x{number}" for number in range(1499))
    found = search(clinic, "Observation", ("code", f"{many},urn:codes|wt"))
    assert ids(found) == ["o7"]
    referred = ",".join(f"Patient/x{number}" for number in range(1499))
    chained = search(clinic, "Observation", ("subject:Patient._id", f"{many},cid"))
    assert ids(chained) == ["o3"]
    assert ids(search(clinic, "Observation", ("patient", f"{referred},Patient/cid"))) == ["o3"]
