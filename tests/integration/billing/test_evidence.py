"""From a paid line back to the bytes of the 835 and the 837, the charge and the encounter."""

from base64 import b64decode
from hashlib import sha256

import pytest

from fhir_server.billing.evidence import evidence
from fhir_server.interactions.write import insert
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import NotFound
from fhir_server.store import partners
from mappers.path import read
from tests.acceptance.claims import concept
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice
from tests.integration.billing.test_life import refusal

CHARGE: JsonObject = {
    "resourceType": "ChargeItem",
    "status": "billed",
    "code": concept("http://www.ama-assn.org/go/cpt", "90834"),
    "subject": {"reference": "Patient/nora"},
    "context": {"reference": "Encounter/visit"},
}


def bundle(practice: Practice, id: str) -> JsonObject:
    with practice.runtime.store.read(CONTEXT) as reader:
        return evidence(id, reader, practice.runtime)


def parameters(found: JsonObject, name: str) -> list[JsonObject]:
    """Return the parts of each parameter of a name."""
    index = read(found, "entry[0].resource.parameter")
    return [one for one in index if isinstance(one, dict) and one["name"] == name]


def parts(one: JsonObject, name: str) -> list[JsonObject]:
    return [part for part in read(one, "part") if isinstance(part, dict) and part["name"] == name]


def value(one: JsonObject, name: str) -> object:
    """Return the value of the one part of a name."""
    (part,) = parts(one, name)
    return next(content for key, content in part.items() if key != "name")


def check_bytes(practice: Practice, found: JsonObject, one: JsonObject) -> str:
    """See that an excerpt stands where it says, in the file it names; return its text."""
    identifier, reference = value(one, "exchange"), value(one, "excerpt")
    assert isinstance(identifier, dict)
    assert isinstance(reference, dict)
    kept = {str(each.id): each for way in ("in", "out") for each in practice.exchanges(way)}
    body = kept[str(identifier["value"])].body
    assert value(one, "sha256") == sha256(body).hexdigest()
    offset, length = int(str(value(one, "offset"))), int(str(value(one, "length")))
    (data,) = [
        b64decode(str(each["data"]))
        for each in read(found, "entry.resource")
        if isinstance(each, dict) and f"Binary/{each.get('id')}" == reference["reference"]
    ]
    assert body[offset : offset + length] == data
    return data.decode()


def paid(practice: Practice, *numbers: str) -> list[str]:
    practice.runtime.store.transact(CONTEXT, lambda work: insert(CHARGE, work))
    ids = [practice.claim(one) for one in numbers]
    for id in ids:
        practice.submit(id)
    practice.work()
    practice.payer()
    practice.poll()
    return ids


def test_each_line_leads_to_its_bytes_charge_and_encounter(practice: Practice) -> None:
    (id,) = paid(practice, "CASE1")
    found = bundle(practice, id)
    first, second = parameters(found, "line")
    (submitted,), (answered,) = parts(first, "submitted"), parts(first, "answered")
    assert check_bytes(practice, found, submitted).startswith("LX*1~SV1*HC:90834*145*")
    assert check_bytes(practice, found, answered).startswith("SVC*HC:90834*145*78.4")
    assert value(first, "encounter") == {"reference": "Encounter/visit"}
    charges = [one for one in read(found, "entry.fullUrl") if "ChargeItem" in str(one)]
    assert [f"urn:parity:{one['reference']}" for one in read(first, "part.valueReference")
            if isinstance(one, dict) and "ChargeItem" in str(one)] == charges  # fmt: skip
    assert check_bytes(practice, found, parts(second, "answered")[0]).startswith("SVC*HC:90785")
    assert parts(second, "charge") == []
    for one in parameters(found, "claim"):
        assert "CASE1" in check_bytes(practice, found, one) or value(one, "kind") == "999"
    kinds = [value(one, "kind") for one in parameters(found, "claim")]
    assert kinds == ["837", "999", "277", "835"]


def test_first_acceptance_proves_timely_filing(practice: Practice) -> None:
    from dataclasses import replace

    partner = replace(CASCADE, filing_days={"CHP01": 90})
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    (id,) = paid(practice, "CASE1")
    (filing,) = parameters(bundle(practice, id), "filing")
    assert value(filing, "limit") == "2027-01-31"
    proof = value(filing, "proof")
    assert isinstance(proof, dict)
    acknowledgment = practice.exchanges("in")[0]
    assert proof["identifier"] == {
        "system": "https://parity.example/fhir/exchange",
        "value": str(acknowledgment.id),
    }
    assert acknowledgment.sha256 in str(proof["display"])


def test_excerpts_hold_nothing_of_other_claims(practice: Practice) -> None:
    first, _ = paid(practice, "CASE1", "CASE2")
    text = "".join(
        b64decode(str(one["data"])).decode()
        for one in read(bundle(practice, first), "entry.resource")
        if isinstance(one, dict) and one["resourceType"] == "Binary"
    )
    assert "CASE1" in text
    assert "CASE2" not in text


def test_claim_sent_twice_shows_both(practice: Practice) -> None:
    id = practice.claim("CASE1")
    practice.submit(id)
    practice.work()
    practice.receive(refusal([]))
    practice.submit(id)
    practice.work()
    line = parameters(bundle(practice, id), "line")[0]
    assert len(parts(line, "submitted")) == 2
    assert parts(line, "answered") == []


def test_draft_has_no_evidence_but_itself(practice: Practice) -> None:
    found = bundle(practice, practice.claim("S1"))
    assert parameters(found, "exchange") == parameters(found, "filing") == []
    assert len(parameters(found, "line")) == 2
    with pytest.raises(NotFound):
        bundle(practice, "nobody")
