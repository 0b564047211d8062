"""Prior authorization end to end: asked as 278, answered, kept, updated, refused."""

import json
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace

import pytest

from demo.payer.review import ANSWERED_BY, USUAL, Scenario, review_answer
from fhir_server.billing.review import ReviewRefused, inquire_review, submit_review
from fhir_server.billing.review_keeping import response_id
from fhir_server.interactions.write import save
from fhir_server.model.partner import Memory, Partner
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Unavailable
from fhir_server.store import partners
from fhir_server.transport.memory import MemoryTransport
from mappers.fhir_x12.review_answer import ACTION
from mappers.path import read
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.reader import read as read_x12
from mappers.x12.writer import Envelope, SetBody, write
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, now
from tests.unit.mappers.fhir_x12.reviews import ANSWERS, DOCUMENT, inquiry, payer, stay, therapy
from tests.unit.mappers.fhir_x12.test_review_278 import examples

BASE = "http://127.0.0.1/fhir"
PARTNER = replace(CASCADE, transport=Memory("cascade"), payer_ids=("CHP01", "789312"))


def loopback(scenario: Scenario = USUAL) -> Callable[[bytes], bytes]:
    """Return a payer that answers every 278 by the scenario."""

    def answering(data: bytes) -> bytes:
        ((interchange, _, one),) = read_x12(data).sets()
        assert one.findings == ()
        header = interchange.header
        envelope = Envelope("ZZ", header.receiver, "ZZ", header.sender, 1, 1, now())
        tree = review_answer(one.root, now(), scenario)
        return write(ANSWERED_BY[one.kind], [SetBody("0001", tree)], envelope)

    return answering


def converse(practice: Practice, answering: Callable[[bytes], bytes]) -> None:
    """Let the partner of the practice answer in real time."""
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, PARTNER))
    practice.runtime.transports.memory["cascade"] = MemoryTransport(answering=answering)


def submitted(practice: Practice, bundle: JsonObject) -> JsonObject:
    return submit_review(bundle, BASE, CONTEXT, practice.runtime)


def first(bundle: JsonObject) -> JsonObject:
    found = read(bundle, "entry[0].resource")[0]
    assert isinstance(found, dict)
    return found


def test_request_is_asked_answered_and_kept(practice: Practice) -> None:
    converse(practice, loopback())
    bundle = submitted(practice, therapy())
    response = first(bundle)
    assert (response["resourceType"], response["outcome"]) == ("ClaimResponse", "complete")
    assert response["preAuthRef"] == "AUTHEV-100"
    assert response["preAuthPeriod"] == {"start": "2026-11-10", "end": "2027-01-09"}
    urls = {str(one) for one in read(bundle, "entry.fullUrl")}
    for name in ("patient", "insurer", "requestor"):
        assert read(response, f"{name}.reference")[0] in urls
    (claim,) = practice.all("Claim")
    assert claim["use"] == "preauthorization"
    (kept,) = practice.all("ClaimResponse")
    assert read(kept, "request.reference") == [f"Claim/{claim['id']}"]
    assert kept["patient"] == claim["patient"]
    (out,), (back,) = practice.exchanges("out"), practice.exchanges("in")
    assert (out.state, out.facts.kind, back.state) == ("answered", "278", "applied")
    assert practice.runtime.validator.check(bundle) == ()
    assert submitted(practice, therapy()) == bundle  # the same Bundle is the same request
    assert len(practice.exchanges("out")) == 1


def test_nothing_stored_is_replaced_by_what_a_bundle_brings(practice: Practice) -> None:
    converse(practice, loopback())
    own: JsonObject = {"resourceType": "Patient", "id": "ana", "name": [{"family": "Stored"}]}
    practice.runtime.store.transact(CONTEXT, lambda work: save(own, work, practice.runtime))
    submitted(practice, therapy())
    assert practice.read("Patient", "ana")["name"] == own["name"]
    (claim,) = practice.all("Claim")
    assert str(read(claim, "patient.reference")[0]).startswith("#")


def test_resource_of_this_server_is_referred_to(practice: Practice) -> None:
    converse(practice, loopback())
    own: JsonObject = {"resourceType": "Patient", "id": "ana", "name": [{"family": "Stored"}]}
    practice.runtime.store.transact(CONTEXT, lambda work: save(own, work, practice.runtime))
    text = json.dumps(therapy()).replace("https://practice.example/fhir", BASE)
    submitted(practice, json.loads(text))
    (claim,), (response,) = practice.all("Claim"), practice.all("ClaimResponse")
    assert read(claim, "patient.reference") == ["Patient/ana"]
    assert read(response, "patient.reference") == ["Patient/ana"]


def test_pended_review_is_updated_by_an_inquiry(practice: Practice) -> None:
    converse(practice, loopback(Scenario("pend", asks=("77",))))
    bundle = submitted(practice, therapy())
    response = first(bundle)
    assert response["outcome"] == "queued"
    assert "preAuthRef" not in response
    kinds = read(bundle, "entry.resource.resourceType")
    assert kinds[:2] == ["ClaimResponse", "CommunicationRequest"]
    converse(practice, loopback())
    found = first(inquire_review(inquiry(), BASE, CONTEXT, practice.runtime))
    assert found["id"] == response["id"]
    assert (found["outcome"], found["preAuthRef"]) == ("complete", "AUTHEV-100")
    with practice.runtime.store.read(CONTEXT) as reader:
        assert len(reader.history("ClaimResponse", str(found["id"]))) == 2


def test_pended_review_is_updated_by_what_the_payer_sends(practice: Practice) -> None:
    converse(practice, loopback(Scenario("pend")))
    assert practice.receive(ANSWERS["partial"]).state == "set-aside"  # nothing was asked yet
    response = first(submitted(practice, therapy()))
    decided = ANSWERS["certified"].replace(b"000000001", b"000000002")
    taken = practice.receive(decided)
    assert taken.state == "applied"
    kept = practice.read("ClaimResponse", str(response["id"]))
    assert (kept["outcome"], kept["preAuthRef"]) == ("complete", "AUTH-77")
    assert practice.receive(decided).state == "applied"


def test_number_of_several_patients_decides_nothing(practice: Practice) -> None:
    converse(practice, loopback(Scenario("pend")))
    submitted(practice, therapy())
    other = json.loads(json.dumps(therapy()).replace("1985-06-14", "1990-01-01"))
    submitted(practice, other)
    assert practice.receive(ANSWERS["certified"]).state == "set-aside"
    assert {one["outcome"] for one in practice.all("ClaimResponse")} == {"queued"}
    asked = inquire_review(inquiry(), BASE, CONTEXT, practice.runtime)  # told, and not kept
    assert str(read(asked, "entry[0].fullUrl")[0]).startswith("urn:uuid:")
    assert "id" not in first(asked)
    assert practice.runtime.validator.check(asked) == ()


def test_documents_that_cannot_be_sent_are_a_warning_beside_the_decision(
    practice: Practice,
) -> None:
    converse(practice, loopback(Scenario("certify")))
    nameless: JsonObject = json.loads(
        json.dumps(stay()).replace('"name": "Harbor Behavioral Health", ', "")
    )
    answer = submitted(practice, nameless)  # a 278 may leave the name out, a 275 may not
    assert first(answer)["outcome"] == "complete"
    outcome = read(answer, "entry.resource")[-1]
    assert read(outcome, "issue.severity") == ["warning"]
    assert "1000C NM103" in str(read(outcome, "issue.diagnostics")[0])
    assert [one.facts.kind for one in practice.exchanges("out")] == ["278"]


def numbered(bundle: JsonObject, number: int) -> JsonObject:
    """Return a Bundle about another event."""
    changed: JsonObject = json.loads(json.dumps(bundle).replace("EV-100", f"EV-{number}"))
    return changed


def test_decision_is_told(practice: Practice) -> None:
    for number, (scenario, outcome, action) in enumerate(
        (
            (Scenario("deny"), "complete", "A3"),
            (Scenario("modify"), "complete", "A6"),
            (Scenario("pend"), "queued", "A4"),
            (Scenario(refuses="72"), "error", None),
        )
    ):
        converse(practice, loopback(scenario))
        response = first(submitted(practice, numbered(therapy(), number)))
        assert response["outcome"] == outcome
        decided = [ACTION(one) for one in read(response, "item")]
        assert decided == ([action] if action else [])
    converse(practice, loopback())  # an error is asked again, and is one claim all the same
    assert first(submitted(practice, numbered(therapy(), 3)))["outcome"] == "complete"
    assert len(practice.all("Claim")) == 4


def test_update_names_the_authorization_it_changes(practice: Practice) -> None:
    converse(practice, loopback())
    submitted(practice, therapy())
    changed = json.loads(json.dumps(therapy()).replace('"code": "I"', '"code": "4"'))
    submitted(practice, changed)
    sent = practice.exchanges("out")[-1].body
    assert b"~REF*BB*AUTHEV-100~" in sent


def test_documents_follow_the_request_as_papers(practice: Practice) -> None:
    converse(practice, loopback(Scenario("certify")))
    assert first(submitted(practice, stay()))["outcome"] == "complete"
    (document,) = practice.all("DocumentReference")
    assert read(document, "identifier.value") == ["ACN-200-1"]
    practice.work()
    (sent,) = practice.runtime.transports.memory["cascade"].delivered.values()
    assert b"~TRN*1*ACN-200-1~" in sent
    assert DOCUMENT in sent
    assert [one.state for one in practice.exchanges("out")] == ["answered", "sent"]
    assert practice.receive(sent).state == "applied"
    (kept,) = practice.all("Binary")
    assert b64decode(str(kept["data"])) == DOCUMENT
    (claim,) = practice.all("Claim")
    papers = [one for one in practice.all("DocumentReference") if one != document]
    assert [read(one, "context.related.reference") for one in papers] == [[f"Claim/{claim['id']}"]]


def test_refused_interchange_is_told_with_its_places(practice: Practice) -> None:
    def refuse(data: bytes) -> bytes:
        broken = data.replace(b"HL*3*2*22*1", b"HL*3*2*99*1")
        told = acknowledge(
            read_x12(broken).interchanges[0],
            interchange_control=9,
            group_control=9,
            written=now(),
        )
        assert told is not None
        return told

    converse(practice, refuse)
    with pytest.raises(ReviewRefused) as refused:
        submitted(practice, therapy())
    assert any("HL" in one.diagnostics for one in refused.value.issues)
    assert practice.all("ClaimResponse") == []


def test_payer_that_cannot_be_asked_is_told(practice: Practice) -> None:
    converse(practice, loopback())
    other = payer() | {"identifier": [{"value": "NOBODY"}]}
    text = json.dumps(therapy()).replace(json.dumps(payer()), json.dumps(other))
    with pytest.raises(Invalid) as refused:
        submitted(practice, json.loads(text))
    assert [one.detail for one in refused.value.issues] == ["no-partner"]
    assert practice.all("Claim") == []
    practice.runtime.transports.memory["cascade"].down = True
    with pytest.raises(Unavailable):
        submitted(practice, therapy())
    (claim,) = practice.all("Claim")  # the request is kept all the same
    with practice.runtime.store.read(CONTEXT) as reader:
        assert reader.current("ClaimResponse", response_id(str(claim["id"]))) is None


def test_every_example_of_the_guide_is_accepted_and_answered(practice: Practice) -> None:
    found = examples()
    if not found:
        pytest.skip("the package of Da Vinci PAS is not here")
    converse(practice, loopback(Scenario("certify")))
    partner: Partner = PARTNER
    assert "789312" in partner.payer_ids
    text = json.dumps(found, default=str)
    for name, bundle in json.loads(text).items():
        member = json.loads(json.dumps(bundle).replace("12345678901", "CHP45678901"))
        ask = inquire_review if "Inquiry" in name else submit_review
        answer = ask(member, BASE, CONTEXT, practice.runtime)
        response = first(answer)
        assert response["resourceType"] == "ClaimResponse", name
        assert response["outcome"] == "complete", name
        assert practice.runtime.validator.check(answer) == (), name
