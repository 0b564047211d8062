"""Claims of an 837 that arrives: kept where the setting lets them in, once, else set aside."""

from dataclasses import replace

from fhir_server.store import partners
from fhir_server.store.exchanges import of_resource
from fhir_server.store.partners import Directory, Partner, Party
from mappers.path import read
from mappers.x12.check import check
from mappers.x12.reader import read as read_x12
from tests.integration.billing.practice import CONTEXT, Practice
from tests.unit.mappers.fhir_x12.scenario import scenario
from tests.unit.mappers.x12.rules.vector import CLAIM, TWO_CLAIMS, swap


def test_claims_are_set_aside_unless_they_are_let_in(practice: Practice) -> None:
    assert practice.receive(scenario("secondary").written()).state == "set-aside"
    assert practice.all("Claim") == []


def receiving(practice: Practice) -> Practice:
    """Return the practice as one that takes in claims."""
    runtime = practice.runtime
    practice.runtime = replace(runtime, settings=replace(runtime.settings, take_claims=True))
    return practice


def test_claims_are_kept_once_with_what_they_name(practice: Practice) -> None:
    receiving(practice)
    data = scenario("secondary").written()
    assert practice.receive(data).state == "applied"
    (claim,) = practice.all("Claim")
    (answer,) = practice.all("ClaimResponse")
    assert answer["request"] == {"reference": f"Claim/{claim['id']}"}
    with practice.runtime.store.read(CONTEXT) as reader:
        (kept,) = of_resource(reader, "Claim", str(claim["id"]))
    assert kept.body == data
    again = data.replace(b"*000000007*", b"*000000008*").replace(
        b"IEA*1*000000007", b"IEA*1*000000008"
    )
    assert practice.receive(again).state == "applied"
    assert len(practice.all("Claim")) == 1


def test_answers_to_claims_of_a_stranger_are_kept_and_named(practice: Practice) -> None:
    taken = receiving(practice).receive(TWO_CLAIMS)
    assert taken.state == "applied"
    assert taken.reply is not None
    assert kinds(taken.reply) == ["999"]
    first, second = practice.exchanges("out")
    assert (first.state, second.state) == ("sent", "unsent")
    assert first.body == taken.reply
    assert kinds(second.body) == ["277CA"]
    assert judge(second.body) == "accepted"
    (exchange,) = practice.exchanges("in")
    assert exchange.report is not None
    assert exchange.report["answers"] == [
        {"exchange": str(first.id), "kind": "999"},
        {"exchange": str(second.id), "kind": "277"},
    ]


def test_claim_that_a_rule_rejects_is_told_by_277ca_and_not_kept(practice: Practice) -> None:
    bad = swap(TWO_CLAIMS, "CLM*C2*150=>CLM*C2*151")
    taken = receiving(practice).receive(bad)
    assert taken.reply is not None
    assert b"~IK5*A~" in taken.reply
    assert taken.state == "applied"
    assert [read(one, "identifier.value") for one in practice.all("Claim")] == [["C1"]]
    (exchange,) = practice.exchanges("in")
    assert exchange.report is not None
    assert "claim 2 of set 0001 is rejected, see the 277CA, and not kept" in str(exchange.report)
    status = practice.exchanges("out")[1].body
    assert b"~TRN*2*C1~STC*A2:20*" in status
    assert b"~TRN*2*C2~STC*A8:178*" in status


def test_set_that_breaks_its_guide_gets_a_999_alone(practice: Practice) -> None:
    bad = swap(TWO_CLAIMS, "CLM*C2*150***10:B:1=>CLM*C2*150***10:Z:1")
    taken = receiving(practice).receive(bad)
    assert taken.reply is not None
    assert b"~IK5*R" in taken.reply
    assert taken.state == "set-aside"
    assert practice.all("Claim") == []
    assert [one.facts.kind for one in practice.exchanges("out")] == ["999"]


def test_partner_gets_both_answers_by_its_transport(practice: Practice) -> None:
    clinic = Partner(
        "clinic",
        "River Clinic",
        Party("PAYER", name="ACME HEALTH"),
        Party("CLINIC"),
        Directory("clinic/in", "clinic/out"),
    )
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, clinic))
    inbox = practice.folder / "clinic" / "in"
    inbox.mkdir(parents=True)
    asked = TWO_CLAIMS.replace(b"*0*T*:~", b"*1*T*:~")
    (inbox / "claims.837").write_bytes(asked)
    receiving(practice).poll()
    practice.work()
    answers = [
        one.read_bytes()
        for one in sorted((practice.folder / "clinic" / "out").iterdir())
        if one.is_file()
    ]
    assert [kinds(one) for one in answers] == [["999"], ["277CA"]]
    assert b"~TA1*000000007*" in answers[0]
    assert {one.state for one in practice.exchanges("out")} == {"sent"}
    assert len({one.facts.control for one in practice.exchanges("out")}) == 2


def test_overlay_of_the_partner_rejects_a_claim(practice: Practice) -> None:
    clinic = Partner(
        "clinic",
        "River Clinic",
        Party("PAYER"),
        Party("CLINIC"),
        Directory("clinic/in", "clinic/out"),
        overlays=({"change": [{"rule": "claim-number-length", "severity": "error"}]},),
    )
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, clinic))
    taken = receiving(practice).receive(swap(CLAIM, f"CLM*CLAIM1=>CLM*{'1' * 21}"))
    assert taken.state == "set-aside"
    assert practice.all("Claim") == []
    assert b"*U*150*" in practice.exchanges("out")[1].body


def kinds(data: bytes) -> list[str]:
    """Return the kinds of the sets of a file."""
    return [one.kind for _, _, one in read_x12(data).sets()]


def judge(data: bytes) -> str:
    """Return the verdict on a file."""
    return check(data, "answer").verdict
