"""The story: claim out, 999, 277CA and 835 in, on the real store; twice changes nothing."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from fhir_server.outcome import Unavailable
from fhir_server.store import exchanges
from mappers.path import read
from mappers.x12.sets import PAYMENT_835
from tests.integration.billing.practice import CONTEXT, Practice, now
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, remit, status, statuses

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "x12"


def sent(practice: Practice, number: str = "CASE1") -> str:
    """Post, submit and send a claim."""
    id = practice.claim(number)
    practice.submit(id)
    practice.work()
    return id


def everything(practice: Practice) -> list[object]:
    """Return all that a repeated file must not change."""
    types = ("Claim", "ClaimResponse", "PaymentReconciliation")
    return [practice.all(type) for type in types]


def test_claim_goes_out_and_is_paid(practice: Practice) -> None:
    id = sent(practice)
    assert practice.payer() == 1
    assert practice.poll() == 3
    assert practice.story(id) == ["draft", "ready", "sent", "received", "accepted", "paid"]
    (reconciliation,) = practice.all("PaymentReconciliation")
    responses = practice.all("ClaimResponse")
    assert [one["outcome"] for one in responses] == ["queued", "complete"]
    complete = responses[1]
    assert read(complete, "request.reference") == [f"Claim/{id}"]
    assert read(complete, "payment.amount.value") == [Decimal("92.50")]
    assert read(reconciliation, "paymentAmount.value") == [Decimal("92.50")]
    assert read(reconciliation, "detail.response.reference") == [f"ClaimResponse/{complete['id']}"]
    assert [one.state for one in practice.exchanges("in")] == ["applied"] * 3
    assert not [one for one in practice.inbox.iterdir() if one.is_file()]


def test_remittance_is_acknowledged_through_the_outbox_and_answers_are_not(
    practice: Practice,
) -> None:
    sent(practice)
    practice.payer()
    practice.poll()
    assert [one.facts.kind for one in practice.exchanges("out")] == ["837", "999"]
    practice.work()
    assert (practice.outbox / "cascade-000000002.999").exists()
    assert practice.payer() == 1
    assert practice.poll() == 0


def test_same_files_again_change_nothing(practice: Practice) -> None:
    sent(practice)
    practice.payer()
    practice.poll()
    before = everything(practice)
    kept = len(practice.exchanges("in"))
    for one in practice.exchanges("in"):
        again = practice.receive(one.body, "again")
        assert (again.exchange, again.reply) == (one.id, one.reply)
        (practice.inbox / f"again-{one.id}").write_bytes(one.body)
    assert practice.poll() == 3
    assert everything(practice) == before
    assert len(practice.exchanges("in")) == kept


def test_same_payment_in_another_envelope_is_not_posted_again(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5"))
    before = everything(practice)
    again = practice.receive(remit(PAID, "92.5", control=32))
    assert again.state == "set-aside"
    assert everything(practice) == before
    assert practice.state(id) == "paid"


def test_remittance_that_does_not_add_up_is_set_aside(practice: Practice) -> None:
    id = sent(practice)
    taken = practice.receive(remit(PAID, "92.51"))
    assert taken.state == "set-aside"
    assert taken.reply is not None
    assert practice.state(id) == "sent"
    assert practice.all("ClaimResponse") == []
    (draft,) = practice.all("PaymentReconciliation")
    assert (draft["status"], draft["outcome"]) == ("draft", "error")
    assert "off 0.01" in str(draft["disposition"])
    corrected = practice.receive(remit(PAID, "92.5", control=32))
    assert corrected.state == "applied"
    (posted,) = practice.all("PaymentReconciliation")
    assert (posted["id"], posted["status"]) == (draft["id"], "active")
    assert practice.state(id) == "paid"


WHOLE = remit(PAID, "92.5")


@pytest.mark.parametrize(
    "lacking",
    [
        WHOLE[: WHOLE.index(b"SVC*HC:90785")],
        WHOLE[: WHOLE.index(b"GE*1")],
        WHOLE[:-4],
        WHOLE.replace(b"LQ*HE*N130~", b""),
        WHOLE.replace(b"GE*1*", b"GE*2*"),
        WHOLE.replace(b"IEA*1*", b"IEA*2*"),
    ],
    ids=[
        "cut in a claim",
        "cut after the set",
        "cut in IEA",
        "segment lost",
        "set lost",
        "GS lost",
    ],
)
def test_remittance_of_which_a_part_was_lost_is_posted_when_it_comes_whole(
    practice: Practice, lacking: bytes
) -> None:
    id = sent(practice)
    taken = practice.receive(lacking)
    assert taken.state == "set-aside"
    assert taken.reply is not None
    assert practice.all("PaymentReconciliation") == []
    assert practice.state(id) == "sent"
    (kept,) = practice.exchanges("in")
    assert kept.report is not None
    assert "not applied, as it is not whole" in str(kept.report["notes"])
    assert practice.receive(WHOLE).state == "applied"
    assert practice.state(id) == "paid"


def test_whole_interchange_is_posted_beside_one_that_is_cut(practice: Practice) -> None:
    id = sent(practice)
    other = remit(PAID, "92.5", trace="T2", control=32)
    assert practice.receive(WHOLE + other[:-40]).state == "set-aside"
    (posted,) = practice.all("PaymentReconciliation")
    assert read(posted, "identifier.value") == ["1999999999/T1"]
    assert practice.state(id) == "paid"


def test_notice_without_claims_is_posted(practice: Practice) -> None:
    notice = remit("", "0").replace(b"LX*1~", b"").replace(b"SE*10*", b"SE*9*")
    assert practice.receive(notice).state == "applied"
    (posted,) = practice.all("PaymentReconciliation")
    assert "detail" not in posted


def test_payments_without_a_trace_number_are_kept_apart(practice: Practice) -> None:
    for control in (31, 32):
        practice.receive(remit(PAID, "92.5", trace="", control=control))
    assert len(practice.all("PaymentReconciliation")) == 2


def test_claim_without_a_status_in_the_277ca_is_not_moved(practice: Practice) -> None:
    id = sent(practice)
    assert practice.receive(statuses(status("CASE1", ""))).state == "set-aside"
    assert practice.state(id) == "sent"


def test_denial_reversal_and_correction_are_posted_in_order(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1", control=1))
    practice.receive(remit(REVERSED + DENIED, "-92.5", trace="T2", control=2))
    assert practice.story(id)[-3:] == ["paid", "reversed", "denied"]
    amounts = [read(one, "payment.amount.value")[0] for one in practice.all("ClaimResponse")]
    assert amounts == [Decimal("92.50"), Decimal("-92.50"), Decimal("0.00")]


def test_line_without_payment_leaves_the_claim_partly_paid(practice: Practice) -> None:
    id = sent(practice)
    claims = PAID.replace("20.5*14.1**1", "20.5*0**1").replace("CO*45*6.4", "CO*96*20.5")
    claims = claims.replace("165.5*92.5*20", "165.5*78.4*20")
    practice.receive(remit(claims, "78.4"))
    assert practice.state(id) == "partly-paid"


def test_payment_of_an_unknown_claim_is_kept_and_flagged(practice: Practice) -> None:
    taken = practice.receive(remit(PAID, "92.5"))
    assert taken.state == "applied"
    (response,) = practice.all("ClaimResponse")
    assert read(response, "meta.tag.code") == ["unmatched"]
    assert len(practice.all("PaymentReconciliation")) == 1
    (kept,) = practice.exchanges("in")
    assert kept.report is not None
    assert kept.report["notes"] == ["CLP 1 answers no claim here"]


def test_rejection_by_277ca_names_the_code_and_the_claim_can_go_out_again(
    practice: Practice,
) -> None:
    id = sent(practice)
    practice.receive(statuses(status("CASE1", "STC*A7:164:IL*20261104*U*165.5~")))
    assert practice.state(id) == "rejected"
    (response,) = practice.all("ClaimResponse")
    assert response["outcome"] == "error"
    assert read(response, "error.code.coding.code") == ["A7", "164"]
    practice.submit(id)
    practice.work()
    assert practice.sent() == ["cascade-000000001.837", "cascade-000000002.837"]


def test_rejection_by_999_sends_the_claim_back(practice: Practice) -> None:
    id = sent(practice)
    control = b"AK1*HC*1*005010X222A1~AK2*837*0001*005010X222A1~IK5*R*5~AK9*R*1*1*0~"
    data = remit(PAID, "92.5").replace(b"GS*HP*", b"GS*FA*").replace(b"X221A1", b"X231A1")
    head, _, rest = data.partition(b"ST*835*0001~")
    tail = rest[rest.index(b"GE*") :]
    taken = practice.receive(head + b"ST*999*0001*005010X231A1~" + control + b"SE*6*0001~" + tail)
    assert (taken.state, taken.reply) == ("applied", None)
    assert practice.state(id) == "rejected"


@pytest.mark.parametrize(("verdict", "state"), [("R*006", "rejected"), ("A*000", "received")])
def test_ta1_speaks_for_every_claim_of_the_interchange(
    practice: Practice, verdict: str, state: str
) -> None:
    id = sent(practice)
    head, _, _ = remit(PAID, "1").partition(b"GS*")
    answer = f"TA1*000000001*261110*0900*{verdict}~IEA*0*000000031~".encode()
    taken = practice.receive(head + answer)
    assert (taken.state, taken.reply) == ("applied", None)
    assert practice.state(id) == state


def test_answer_to_nothing_we_sent_is_set_aside(practice: Practice) -> None:
    head, _, _ = remit(PAID, "1").partition(b"GS*")
    answer = b"TA1*000000099*261110*0900*A*000~IEA*0*000000031~"
    assert practice.receive(head + answer).state == "set-aside"


def test_payment_finds_the_replacement_not_the_rejected_original(practice: Practice) -> None:
    original = sent(practice)
    practice.receive(statuses(status("CASE1", "STC*A7:164:IL*20261104*U*165.5~")))
    again = sent(practice)
    practice.receive(remit(PAID, "92.5"))
    assert (practice.state(original), practice.state(again)) == ("rejected", "paid")


def test_late_answer_does_not_move_a_paid_claim_back(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5"))
    practice.receive(statuses(status("CASE1", "STC*A2:20:PR*20261104*WQ*165.5~")))
    assert practice.story(id)[-1] == "paid"


@pytest.mark.parametrize("data", [b"", b"noise", bytes(range(256)), b"ISA*00*"])
def test_nonsense_is_kept_and_set_aside(practice: Practice, data: bytes) -> None:
    taken = practice.receive(data, "nonsense")
    assert taken.state == "set-aside"
    (kept,) = practice.exchanges("in")
    assert (kept.body, kept.facts.name) == (data, "nonsense")
    assert kept.report is not None
    assert kept.report["findings"]


def test_claim_file_from_elsewhere_is_acknowledged_and_set_aside(practice: Practice) -> None:
    sent(practice)
    (ours,) = practice.exchanges("out")
    taken = practice.receive(ours.body)
    assert taken.state == "set-aside"
    assert taken.reply is not None
    assert b"IK5*A~" in taken.reply


def test_file_cut_short_between_keeping_and_applying_is_applied_later(practice: Practice) -> None:
    id = sent(practice)
    data = remit(PAID, "92.5")
    facts = exchanges.Facts(control="000000031", sender="CHP01", receiver="PARITY")
    store = practice.runtime.store
    store.transact(
        CONTEXT, lambda work: exchanges.keep_once(work, "x12", "in", data, facts, "received")
    )
    assert practice.state(id) == "sent"
    assert practice.poll() == 1
    assert practice.state(id) == "paid"
    assert practice.poll() == 0


def test_failing_step_sets_the_file_aside_with_its_reason(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    from fhir_server.intake.x12 import receive

    def broken(*_: object) -> exchanges.Effect:
        raise ZeroDivisionError("Nora Quill")

    data = remit(PAID, "92.5")
    taken = receive(data, "f", practice.runtime, CONTEXT, {PAYMENT_835.kind: broken})
    assert taken.state == "set-aside"
    (kept,) = practice.exchanges("in")
    assert kept.report is not None
    assert kept.report["notes"] == ["it could not be applied: ZeroDivisionError"]
    assert "could not be applied: ZeroDivisionError at " in caplog.text
    assert ">test_story.py:" in caplog.text
    assert "Quill" not in caplog.text


def test_file_waits_while_the_database_cannot_take_it(practice: Practice) -> None:
    from fhir_server.intake.x12 import receive

    def away(*_: object) -> exchanges.Effect:
        raise Unavailable("not now")

    data = remit(PAID, "92.5")
    with pytest.raises(Unavailable):
        receive(data, "f", practice.runtime, CONTEXT, {PAYMENT_835.kind: away})
    assert [one.state for one in practice.exchanges("in")] == ["received"]
    assert practice.receive(data).state == "applied"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")
def test_sample_remittances_are_taken_in_once(practice: Practice) -> None:
    runtime = practice.runtime
    practice.runtime = replace(runtime, settings=replace(runtime.settings, post_strangers=True))
    paths = sorted(SAMPLES.glob("*.835"))
    states = {one.name: practice.receive(one.read_bytes(), one.name).state for one in paths}
    assert set(states.values()) == {"applied"}
    reconciliations = practice.all("PaymentReconciliation")
    assert len(reconciliations) == 5
    for one in reconciliations:
        amounts = list(read(one, "detail.amount.value"))
        assert [sum(amounts)] == read(one, "paymentAmount.value")  # type: ignore[arg-type]
    assert len(practice.all("ClaimResponse")) == 8
    before = everything(practice)
    for path in paths:
        practice.receive(path.read_bytes(), path.name)
    assert everything(practice) == before


def test_moment_is_the_runtimes(practice: Practice) -> None:
    practice.receive(remit(PAID, "92.5"))
    (posted,) = practice.all("PaymentReconciliation")
    assert posted["created"] == now().isoformat()
