"""The life of a claim: each move recorded with its exchange, each refusal a Task saying where."""

import pytest

from fhir_server.billing.step import take_step
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict, Invalid, NotFound
from mappers.path import read
from mappers.x12.sets import ACKNOWLEDGMENT_999
from mappers.x12.tree import Node, node, seg
from mappers.x12.writer import Envelope, SetBody, write
from tests.integration.billing.practice import CONTEXT, Practice, now
from tests.unit.mappers.fhir_x12.remit import (
    DENIED,
    PAID,
    REVERSED,
    interchange,
    remit,
    status,
    statuses,
)

INDEX = "identifier[0].value"


def refusal(errors: list[Node], control: int = 1, version: str = "005010X222A1") -> bytes:
    """Return a 999 that refuses set 0001 of our interchange for these errors."""
    answered = node("2000", [seg("AK2", "837", "0001", version), seg("IK5", "R", "5")], errors)
    opening = [seg("AK1", "HC", str(control), version), seg("AK9", "R", 1, 1, 0)]
    envelope = Envelope("ZZ", "CHP01", "ZZ", "PARITY", control + 70, control + 70, now(), "T")
    return write(ACKNOWLEDGMENT_999, [SetBody("0001", node("999", opening, [answered]))], envelope)


def error_at(segment: str, position: int, loop: str, element: int, code: str) -> Node:
    """Return the loops of one element in error."""
    return node(
        "2100",
        [seg("IK3", segment, position, loop, "8")],
        [node("2110", [seg("IK4", (element,), None, code)])],
    )


def position_of(practice: Practice, start: str) -> int:
    """Return the number of the first segment of the set that begins so, from ST."""
    text = practice.exchanges("out")[0].body.decode()
    lines = text[text.index("ST*") :].split("~")
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def sent(practice: Practice, number: str = "CASE1") -> str:
    id = practice.claim(number)
    practice.submit(id)
    practice.work()
    return id


def tasks(practice: Practice, claim: str) -> list[JsonObject]:
    """Return the Tasks about a claim that leave something to a person."""
    return [
        one
        for one in practice.all("Task")
        if read(one, "focus.reference") == [f"Claim/{claim}"]
        and "claim-status" not in read(one, "code.coding.code")
    ]


def moves(practice: Practice, claim: str) -> list[tuple[str, str]]:
    """Return the states a claim was brought into, and its version then, as recorded."""
    return [
        (str(read(one, "activity.coding[0].code")[0]), str(target))
        for one in practice.all("Provenance")
        for target in read(one, "target.reference")
        if str(target).startswith(f"Claim/{claim}/")
    ]


def test_every_move_is_recorded_with_its_version_and_exchange(practice: Practice) -> None:
    id = sent(practice)
    practice.payer()
    practice.poll()
    states = ["ready", "sent", "received", "accepted", "paid"]
    assert moves(practice, id) == [
        (state, f"Claim/{id}/_history/{number}") for number, state in enumerate(states, 2)
    ]
    assert practice.story(id) == ["draft", *states]
    entities = [str(read(one, "entity.what.display")[0]) for one in practice.all("Provenance")]
    kinds = [one.split()[0] for one in entities]
    assert kinds == ["837", "837", "999", "277", "835"]
    out, *back = [*practice.exchanges("out")[:1], *practice.exchanges("in")]
    hashes = [out.sha256, out.sha256, *(one.sha256 for one in back)]
    assert [one.rpartition(" ")[2] for one in entities] == hashes


def test_refused_claim_points_to_the_element_to_mend(practice: Practice) -> None:
    id = sent(practice)
    errors = [
        error_at("NM1", position_of(practice, "NM1*IL"), "2010BA", 9, "5"),
        error_at("SV1", position_of(practice, "SV1*HC:90785"), "2400", 1, "7"),
    ]
    practice.receive(refusal(errors))
    assert practice.state(id) == "rejected"
    (task,) = tasks(practice, id)
    assert task["status"] == "requested"
    assert read(task, "for.reference") == ["Patient/nora"]
    told = dict(zip(read(task, "input.type.text"), read(task, "input.valueString"), strict=True))
    assert set(told) == {"Coverage.subscriberId", "Claim.item[1].productOrService"}
    assert "2010BA NM109" in str(told["Coverage.subscriberId"])
    assert "Quill" not in str(task)


def test_corrected_claim_is_a_new_original_and_completes_the_task(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(refusal([]))
    practice.submit(id)
    practice.work()
    assert [one["status"] for one in tasks(practice, id)] == ["completed"]
    first, second = (one.body for one in practice.exchanges("out"))
    assert b"*11:B:1*" in first
    assert b"*11:B:1*" in second
    assert practice.state(id) == "sent"


def test_rejection_of_the_payer_is_a_task(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(statuses(status("CASE1", "STC*A7:164:IL*20261104*U*165.5~")))
    assert practice.state(id) == "rejected"
    (task,) = tasks(practice, id)
    assert read(task, "code.coding[0].code") == ["correct-claim"]
    assert "277CA STC A7:164:IL" in read(task, "input.valueString")
    assert "new original" in str(read(task, "reasonCode.text"))
    assert task["status"] == "requested"
    assert read(task, "businessStatus.coding.code") == ["A7", "164", "IL"]
    assert len(practice.all("Task")) == 1
    practice.submit(id)
    assert [one["status"] for one in practice.all("Task")] == ["completed"]


def test_same_refusal_again_asks_nothing_anew(practice: Practice) -> None:
    id = sent(practice)
    data = refusal([])
    practice.receive(data)
    practice.receive(data)
    assert len(tasks(practice, id)) == 1
    assert [state for state, _ in moves(practice, id)].count("rejected") == 1


def test_person_holds_releases_and_voids(practice: Practice) -> None:
    id = practice.claim("S1")
    runtime = practice.runtime
    take_step(id, "hold", "waits for the authorization", CONTEXT, runtime)
    with pytest.raises(Conflict, match="held cannot become ready"):
        practice.submit(id)
    take_step(id, "release", "", CONTEXT, runtime)
    take_step(id, "void", "billed twice", CONTEXT, runtime)
    assert practice.story(id) == ["draft", "held", "draft", "void"]
    reasons = [read(one, "reason.text") for one in practice.all("Provenance")]
    assert reasons == [["waits for the authorization"], [], ["billed twice"]]
    with pytest.raises(Conflict):
        take_step(id, "release", "", CONTEXT, runtime)
    with pytest.raises(NotFound):
        take_step("nobody", "hold", "", CONTEXT, runtime)


def test_denied_claim_is_appealed_and_paid(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(DENIED, "0", trace="T1"))
    take_step(id, "appeal", "medical necessity shown", CONTEXT, practice.runtime)
    practice.receive(remit(PAID, "92.5", trace="T2", control=32))
    take_step(id, "close", "", CONTEXT, practice.runtime)
    assert practice.story(id) == ["draft", "ready", "sent", "denied", "appealed", "paid", "closed"]


def replacement(practice: Practice, claim: str) -> str:
    """Return a claim that replaces another."""
    system = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
    related = {
        "claim": {"reference": f"Claim/{claim}"},
        "relationship": {"coding": [{"system": system, "code": "prior"}]},
        "reference": {"value": "P77"},
    }
    return practice.claim("CASE2", {"related": [related]})  # type: ignore[list-item]


def test_claim_is_replaced_only_after_the_payer_decided_it(practice: Practice) -> None:
    id = sent(practice)
    again = replacement(practice, id)
    with pytest.raises(Invalid) as caught:
        practice.submit(again)
    assert [one.detail for one in caught.value.issues] == ["replacement-too-early"]
    practice.receive(remit(PAID, "92.5"))
    practice.submit(again)
    assert b":B:7*" in practice.exchanges("out")[-1].body


def test_reversed_claim_may_be_void(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1"))
    practice.receive(remit(REVERSED, "0", provider="PLB*1999000015*20261231*WO:P77*-92.5~",
                           trace="T2", control=32))  # fmt: skip
    take_step(id, "void", "the service was never given", CONTEXT, practice.runtime)
    assert practice.story(id)[-3:] == ["paid", "reversed", "void"]


BATCH = "HL*2*1*21*1~NM1*41*2*Parity*****46*PARITY~TRN*2*000000001~"
BILLER = "HL*3*2*19*{}~NM1*85*2*Harbor*****XX*{}~TRN*2*0~"
NO = "STC*A7:562:85*20261104*U*165.5~"
YES = "STC*A1:19:PR*20261104*WQ*165.5~"


def refusing(below_batch: str) -> bytes:
    """Return a 277CA that names no claim."""
    return interchange(
        "HN",
        "005010X214",
        "ST*277*0001*005010X214~BHT*0085*08*1*20261104*0900*TH~HL*1**20*1~"
        "NM1*PR*2*Cascade Health Plan*****PI*CHP01~TRN*1*1-ACK~DTP*050*D8*20261104~"
        f"DTP*009*D8*20261104~{BATCH}{below_batch}",
    )


@pytest.mark.parametrize(
    ("below", "state"),
    [
        (NO, "rejected"),
        (YES + BILLER.format(0, "1999000015") + NO, "rejected"),
        (YES + BILLER.format(0, "1999000999") + NO, "sent"),
        (YES, "sent"),
    ],
    ids=["batch refused", "biller refused", "another biller refused", "batch received"],
)
def test_refused_batch_or_biller_gives_its_claims_back(
    practice: Practice, below: str, state: str
) -> None:
    id = sent(practice)
    practice.receive(refusing(below))
    assert practice.state(id) == state
    asked = [read(one, "input.type.text") for one in tasks(practice, id)]
    assert asked == ([["Claim.provider.identifier"]] if state == "rejected" else [])


def test_refusal_of_a_batch_not_sent_here_is_set_aside(practice: Practice) -> None:
    id = sent(practice)
    taken = practice.receive(refusing(NO).replace(b"TRN*2*000000001", b"TRN*2*000000009"))
    assert (practice.state(id), taken.state) == ("sent", "set-aside")
