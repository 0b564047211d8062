"""Every feature of search, asked over HTTP of a small practice; one row a question."""

from urllib.parse import quote

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from tests.acceptance.fhir.practice import ICD10, LOCAL, LOINC, MOOD, MRN, PHQ9, TYPE, UCUM
from tests.integration.http.sample import at, entries, issue
from tests.integration.server import FORM, Server

FOUND = (
    # token
    ("Patient?gender=female", "p1"),
    ("Patient?gender=female,male", "p1 p2"),
    ("Patient?gender:not=female", "p2 p3 p4"),
    (f"Patient?identifier={MRN}|A1", "p1"),
    ("Patient?identifier=A1", "p1"),
    (f"Patient?identifier={MRN}|", "p1 p2"),
    (f"Patient?identifier:of-type={TYPE}|MR|B2", "p2"),
    ("Patient?identifier:text=chart", "p1 p2"),
    ("Patient?identifier:missing=true", "p3 p4"),
    ("Patient?active=true", "p1"),
    ("Patient?active:missing=true", "p2 p4"),
    ("Patient?active:missing=false", "p1 p3"),
    ("Patient?deceased=true", "p2"),
    ("Patient?phone=555-0100", "p1"),
    ("Patient?_tag=urn:tag|vip", "p1"),
    ("Patient?_tag:not=urn:tag|vip", "p2 p3 p4"),
    ("Patient?_security=urn:label|R", "p2"),
    ("Patient?_profile=https://harbor.example/person", "p1"),
    ("Patient?_id=p1,p3,nobody", "p1 p3"),
    (f"Condition?code={ICD10}|F33.1", "c1"),
    ("Condition?code=f33.1", "c1"),
    ("Condition?code:text=alcohol", "c2"),
    ("Condition?code:text=recurrent depression", "c1"),
    (f"Condition?code:in={MOOD}", "c1"),
    (f"Condition?code:not-in={MOOD}", "c2"),
    (f"Observation?code:below={LOCAL}|service", "ob7 ob8"),
    (f"Observation?code:above={LOCAL}|group", "ob7 ob8"),
    (f"Observation?code:above={LOCAL}|outpatient", "ob7"),
    ("Observation?value-concept=urn:result|positive", "ob7"),
    # string
    ("Patient?family=river", "p1"),
    ("Patient?family=RIVERA", "p1"),
    ("Patient?family:exact=rivera", ""),
    ("Patient?family:exact=Rivera", "p1"),
    ("Patient?family:contains=vera", "p1"),
    ("Patient?family=strasse", "p3"),
    ("Practitioner?family=muller", "d2"),
    ("Practitioner?given=jorg", "d2"),
    ("Patient?given=zoe", "p2"),
    ("Patient?given=ada&given=maria", "p1"),
    ("Patient?name=jordan", "p4"),
    ("Patient?address-city=boston", "p1"),
    ("Patient?family:missing=true", "p4"),
    ("Observation?value-string=denies", "ob6"),
    # date
    ("Patient?birthdate=1980-02-29", "p1"),
    ("Patient?birthdate=1980", "p1 p2"),
    ("Patient?birthdate=1980-02", "p1"),
    ("Patient?birthdate=lt1980", "p3"),
    ("Patient?birthdate=le1975-06", "p3"),
    ("Patient?birthdate=ge1980", "p1 p2"),
    ("Patient?birthdate=ne1980", "p3"),
    ("Patient?birthdate=sa1979", "p1 p2"),
    ("Patient?birthdate=eb1980", "p3"),
    ("Patient?birthdate=gt1975-01&birthdate=lt1976", "p3"),
    ("Patient?birthdate:missing=true", "p4"),
    ("Encounter?date=2026-03-03", ""),
    ("Encounter?date=ge2026-03-03", "e2"),
    ("Encounter?date=2026-03-01", "e1"),
    ("Observation?date=2026-02", "ob3"),
    ("Observation?date=ge2026-03-01", "ob1 ob2"),
    ("Patient?_lastUpdated=gt2020-01-01", "p1 p2 p3 p4"),
    ("Patient?_lastUpdated=lt2020-01-01", ""),
    # quantity and number
    ("Observation?value-quantity=14", "ob2"),
    (f"Observation?value-quantity=80|{UCUM}|kg", "ob4"),
    (f"Observation?value-quantity=gt80.5|{UCUM}|kg", "ob5"),
    (f"Observation?value-quantity=81000|{UCUM}|g", "ob5"),
    (f"Observation?value-quantity=ge80|{UCUM}|kg", "ob4 ob5"),
    (f"Observation?value-quantity=800|{UCUM}|umol/L", "ob3"),
    (f"Observation?value-quantity=0.8|{UCUM}|mmol/L", "ob3"),
    ("Observation?value-quantity=0.8||mmol/L", "ob3"),
    (f"Observation?value-quantity=0.8|{UCUM}|mg", ""),
    ("Observation?value-quantity=ap13", "ob2"),
    ("Observation?value-quantity:missing=false", "ob2 ob3 ob4 ob5"),
    # reference
    ("Observation?subject=Patient/p2", "ob4 ob6 ob7"),
    ("Observation?patient=p2", "ob4 ob6 ob7"),
    ("Observation?subject:Patient=p2", "ob4 ob6 ob7"),
    ("Observation?subject={base}/Patient/p2", "ob4 ob6 ob7"),
    ("Observation?encounter:missing=false", "ob1"),
    (f"QuestionnaireResponse?questionnaire={PHQ9}", "r1"),
    (f"QuestionnaireResponse?questionnaire={PHQ9}|1.0", "r1"),
    (f"QuestionnaireResponse?questionnaire={PHQ9}|2.0", ""),
    # uri
    (f"ValueSet?url={MOOD}", "v1"),
    ("ValueSet?url:below=https://harbor.example/ValueSet", "v1"),
    ("ValueSet?url:below=https://harbor.example/Val", ""),
    (f"ValueSet?url:above={MOOD}/deeper", "v1"),
    # composite and special
    (f"Observation?code-value-quantity={LOINC}|44261-6$ge10", "ob2"),
    (f"Observation?code-value-quantity={LOINC}|44261-6$lt10", ""),
    (f"Observation?component-code-value-quantity={LOINC}|8480-6$gt100", "ob1"),
    (f"Observation?component-code-value-quantity={LOINC}|8462-4$gt100", ""),
    (f"Observation?combo-code-value-quantity={LOINC}|8480-6$120|{UCUM}|mm[Hg]", "ob1"),
    (f"Observation?combo-code-value-quantity={LOINC}|29463-7$gt80.5|{UCUM}|kg", "ob5"),
    ("Observation?code-value-concept=outpatient$positive", "ob7"),
    (f"Observation?combo-code={LOINC}|8480-6", "ob1"),
    ("Location?near=42.36|-71.06|5|km", "l1"),
    ("Location?near=42.36|-71.06|400|km", "l1 l2"),
    ("Location?near=-17.7|180|20|km", "l3 l4"),
    # chains
    ("Observation?subject.name=rivera", "ob1 ob2 ob3 ob5"),
    ("Observation?subject:Patient.gender=male", "ob4 ob6 ob7"),
    ("Observation?patient.organization.name=harbor clinic", "ob1 ob2 ob3 ob5"),
    ("Observation?patient.organization.partof.name=harbor", "ob1 ob2 ob3 ob5"),
    ("Observation?patient.general-practitioner:Practitioner.family=müller", "ob4 ob6 ob7"),
    ("Observation?encounter.location.near=42.36|-71.06|5|km", "ob1"),
    ("Observation?subject:Patient.birthdate=lt1980-06&code=29463-7", "ob4 ob5"),
    ("Observation?subject.family:missing=true", "ob8"),
    ("QuestionnaireResponse?questionnaire.title=phq", "r1"),
    ("Observation?patient.identifier=" + MRN + "|B2", "ob4 ob6 ob7"),
    # reverse chains
    ("Patient?_has:Observation:patient:code=29463-7", "p1 p2"),
    ("Patient?_has:Observation:patient:date=ge2026-03-01", "p1"),
    ("Patient?_has:Observation:patient:_has:Provenance:target:agent=Practitioner/d1", "p1"),
    ("Patient?_has:Observation:patient:encounter.status=finished", "p1"),
    ("Patient?_has:Condition:patient:code=F10.20&gender=male", "p2"),
    ("Practitioner?_has:Patient:general-practitioner:gender=female", "d1"),
    ("Organization?_has:Patient:organization:_has:Condition:patient:code=F33.1", "o2"),
    ("Observation?subject:Patient._has:Condition:patient:code=F10.20", "ob4 ob6 ob7"),
    # lists, filters, text
    ("Patient?_list=li1", "p1 p3"),
    ("Patient?_list=li1&gender=female", "p1"),
    ("Patient?_filter=gender eq female", "p1"),
    ('Patient?_filter=gender eq female or family co "brien"', "p1 p2"),
    ("Patient?_filter=not (gender eq female) and birthdate ge 1980", "p2"),
    ("Patient?_filter=birthdate pr false", "p4"),
    ("Observation?_filter=code eq 29463-7 and subject.gender eq male", "ob4"),
    ('Patient?_filter=family sw "riv"', "p1"),
    ("Patient?_text=counselor", "p1"),
    ("Patient?_text=boston", ""),
    ("Patient?_content=boston", "p1"),
    ("Patient?_content=counselor", "p1"),
    ("Observation?_content=suicidal", "ob6"),
    # compartments
    ("Patient/p1/Observation", "ob1 ob2 ob3 ob5"),
    ("Patient/p1/Observation?code=29463-7", "ob5"),
    ("Patient/p1/Encounter", "e1"),
    ("Encounter/e1/Observation", "ob1"),
    ("Practitioner/d1/Patient", "p1"),
    ("Patient/p1/Condition", "c1"),
    # many types
    ("?_type=Patient,Practitioner&_id=p1,d1", "d1 p1"),
    ("?_tag=urn:tag|vip", "p1"),
    ("?_id=e1", "e1"),
    ("Patient/p1/*?_type=Encounter,Condition", "c1 e1"),
)
REFUSED = (
    ("Patient?familly=river", 400),
    ("Patient?family:wrong=river", 400),
    ("Patient?birthdate=yesterday", 400),
    ("Patient?_sort=nothing", 400),
    ("Patient?general-practitioner.familly=x", 400),
    ("Patient?_has:Observation:nothing:code=x", 400),
    ("Patient?_has:Nothing:patient:code=x", 400),
    ("Patient?_filter=gender eq", 400),
    ("Patient?_filter=gender zz female", 400),
    ("Condition?code:in=https://nowhere.example/vs", (400, 404, 422)),
    ("Observation?value-quantity=many", 400),
    ("Observation?code-value-quantity=justone", 400),
    ("Location?near=abc", 400),
    ("Nothing?x=1", 404),
    ("Patient/p1/Nothing", 404),
    ("Patient?_include=Patient:nothing", 400),
    ("Patient?_count=-1", 400),
    ("Patient?_total=some", 400),
    ("Patient?gender=", 400),
)
SORTED = (
    ("Patient?_sort=birthdate", "p3 p2 p1 p4"),
    ("Patient?_sort=-birthdate", "p1 p2 p3 p4"),
    ("Patient?_sort=family", "p2 p1 p3 p4"),
    ("Patient?_sort=gender", "p1 p2 p3 p4"),
    ("Patient?_sort=-gender", "p3 p2 p1 p4"),
    ("Patient?_sort=_id", "p1 p2 p3 p4"),
    ("Patient?_sort=-_id", "p4 p3 p2 p1"),
    ("Patient?_sort=gender,-birthdate&active:missing=true", "p2 p4"),
    ("Observation?code=44261-6,14334-7&_sort=value-quantity", "ob3 ob2"),
    ("Observation?code=44261-6,14334-7&_sort=-value-quantity", "ob2 ob3"),
    ("Observation?code=29463-7&_sort=patient", "ob5 ob4"),
)
INCLUDED = (
    ("Observation?_id=ob1&_include=Observation:encounter", "e1"),
    ("Observation?_id=ob1&_include=Observation:subject:Patient", "p1"),
    ("Observation?_id=ob1&_include=Observation:subject:Group", ""),
    ("Observation?_id=ob1&_include=*", "e1 p1"),
    ("Observation?_id=ob1&_include=Observation:*", "e1 p1"),
    (
        (
            "Observation?_id=ob1&_include=Observation:subject"
            "&_include:iterate=Patient:organization&_include:iterate=Organization:partof"
        ),
        "o1 o2 p1",
    ),
    ("Patient?_id=p1&_revinclude=Observation:subject", "ob1 ob2 ob3 ob5"),
    (
        "Patient?_id=p1&_revinclude=Encounter:subject&_revinclude:iterate=Observation:encounter",
        "e1 ob1",
    ),
    ("Practitioner?_id=d2&_revinclude=*", "p2"),
    ("QuestionnaireResponse?_id=r1&_include=QuestionnaireResponse:questionnaire", "q1"),
    ("Observation?_id=ob6&_include:iterate=Observation:has-member", "ob7"),
)


def asked(server: Server, path: str) -> JsonObject:
    """Return the Bundle of a search."""
    written = quote(path.replace("{base}", server.base), safe="/?&=:|,$*.[]()")
    answer = server.fhir("GET", written)
    assert answer.status == 200, answer.body
    return answer.json


def ids(bundle: JsonValue, mode: str = "match") -> list[str]:
    """Return the ids of the entries of a mode, in order."""
    return [
        str(at(one, "resource", "id"))
        for one in entries(bundle)
        if at(one, "search", "mode") == mode
    ]


@pytest.mark.parametrize(("path", "found"), FOUND)
def test_search_finds(practice: Server, path: str, found: str) -> None:
    bundle = asked(practice, path)
    assert sorted(ids(bundle)) == found.split()


@pytest.mark.parametrize(("path", "found"), FOUND)
def test_count_agrees(practice: Server, path: str, found: str) -> None:
    mark = "&" if "?" in path else "?"
    bundle = asked(practice, f"{path}{mark}_summary=count")
    assert bundle["total"] == len(found.split())
    assert "entry" not in bundle


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_what_cannot_be_answered_is_refused(
    practice: Server, path: str, status: int | tuple[int, ...]
) -> None:
    answer = practice.fhir("GET", quote(path, safe="/?&=:|,$*.[]()"))
    allowed = status if isinstance(status, tuple) else (status,)
    assert answer.status in allowed, answer.body
    assert issue(answer.json)["diagnostics"]


@pytest.mark.parametrize(("path", "found"), SORTED)
def test_matches_come_in_order(practice: Server, path: str, found: str) -> None:
    assert ids(asked(practice, path)) == found.split()
    seen: list[str] = []
    url: str | None = f"{path}&_count=1"
    while url is not None:
        bundle = asked(practice, url)
        seen += ids(bundle)
        links = bundle["link"]
        assert isinstance(links, list)
        following = [str(at(one, "url")) for one in links if at(one, "relation") == "next"]
        url = following[0].removeprefix(f"{practice.base}/") if following else None
    assert seen == found.split()


@pytest.mark.parametrize(("path", "found"), INCLUDED)
def test_what_is_asked_for_comes_along(practice: Server, path: str, found: str) -> None:
    assert sorted(ids(asked(practice, path), "include")) == found.split()


def test_search_by_post_takes_form_and_query(practice: Server) -> None:
    form = {"Content-Type": FORM}
    answer = practice.fhir("POST", "Patient/_search?gender=female", b"birthdate=1980", form)
    assert ids(answer.json) == ["p1"]
    everywhere = practice.fhir("POST", "_search", b"_tag=urn:tag%7Cvip", form)
    assert ids(everywhere.json) == ["p1"]
    compartment = practice.fhir("POST", "Patient/p1/Observation/_search", b"code=29463-7", form)
    assert ids(compartment.json) == ["ob5"]


def test_lenient_handling_ignores_and_tells(practice: Server) -> None:
    answer = practice.fhir(
        "GET", "Patient?familly=x&gender=female", headers={"Prefer": "handling=lenient"}
    )
    assert ids(answer.json) == ["p1"]
    notes = [one for one in entries(answer.json) if at(one, "search", "mode") == "outcome"]
    assert "familly" in str(notes)


def test_many_alternatives_are_one_question(practice: Server) -> None:
    values = ",".join(f"n{number}" for number in range(990)) + ",A1"
    form = {"Content-Type": FORM}
    answer = practice.fhir("POST", "Patient/_search", f"identifier={values}".encode(), form)
    assert ids(answer.json) == ["p1"]
    assert ids(asked(practice, f"Patient?identifier={values}")) == ["p1"]


def test_search_is_explained(practice: Server) -> None:
    answer = practice.fhir("GET", "Observation?code=29463-7&patient=p1&_explain=true")
    assert answer.status == 200, answer.body
    assert "ix_" in answer.body.decode()


def test_totals_are_honest(practice: Server) -> None:
    assert asked(practice, "Patient?_total=accurate&_count=1")["total"] == 4
    assert "total" not in asked(practice, "Patient?_count=1&_total=none")
    assert asked(practice, "Patient?_total=estimate&_count=1")["total"] == 4
