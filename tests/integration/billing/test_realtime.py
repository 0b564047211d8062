"""Real time: one question, one answer, both kept; what fails is told and kept too."""

from dataclasses import replace

import pytest

from fhir_server.billing.conversation import Conversation
from fhir_server.billing.realtime import ask
from fhir_server.model.partner import Controls, Directory, Memory, Partner
from fhir_server.outcome import FhirError
from fhir_server.store.exchanges import Link
from fhir_server.transport.failure import NoAnswer, NoConversation, NotReached, NotTaken
from fhir_server.transport.memory import MemoryTransport
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.reader import read
from mappers.x12.sets import ACKNOWLEDGMENT_999
from mappers.x12.tree import node, seg
from mappers.x12.writer import Envelope, SetBody, write
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, now

PARTNER = replace(CASCADE, transport=Memory("cascade"))


def question(envelope: Envelope) -> bytes:
    """Write a question; any set of our own serves."""
    tree = node("999", [seg("AK1", "HC", "1", "005010X222A1"), seg("AK9", "A", 1, 1, 1)])
    return write(ACKNOWLEDGMENT_999, [SetBody("0001", tree)], envelope)


def answer(data: bytes) -> bytes:
    """Answer with the same set, from the other side."""
    return data.replace(
        b"PARITY         *ZZ*CHP01          ", b"CHP01          *ZZ*PARITY         "
    )


def converse(
    practice: Practice, partner: Partner, transport: MemoryTransport | None = None
) -> Conversation:
    if transport is not None:
        practice.runtime.transports.memory["cascade"] = transport
    links = [Link("Patient", "p1")]
    return ask(partner, "270", question, CONTEXT, practice.runtime, links=links)


def test_question_and_answer_are_kept(practice: Practice) -> None:
    talk = converse(practice, PARTNER, MemoryTransport(answering=answer))
    assert [one.header.id for _, _, one in talk.document.sets()] == ["999"]
    (out,), (back,) = practice.exchanges("out"), practice.exchanges("in")
    assert (out.state, out.facts.kind, out.facts.control) == ("answered", "270", "000000001")
    assert (back.state, back.facts.sender, back.body) == ("answered", "CHP01", answer(out.body))
    assert talk.answer.id == back.id
    assert practice.poll() == 0


def test_each_question_has_a_number_of_its_own(practice: Practice) -> None:
    for _ in range(3):
        converse(practice, PARTNER, MemoryTransport(answering=answer))
    controls = [one.facts.control for one in practice.exchanges("out")]
    assert controls == ["000000001", "000000002", "000000003"]


def test_folders_do_not_answer_in_real_time(practice: Practice) -> None:
    with pytest.raises(NoConversation, match="kind https"):
        converse(practice, replace(PARTNER, transport=Directory("in", "out")))
    assert practice.exchanges("out") == []


def test_kind_that_is_not_exchanged_is_refused_before_anything_is_kept(practice: Practice) -> None:
    with pytest.raises(NoConversation, match="270"):
        converse(practice, replace(PARTNER, kinds=("837P",)), MemoryTransport(answering=answer))
    assert practice.exchanges("out") == []


def nonsense(data: bytes) -> bytes:
    return b"<html>"


def fails(data: bytes) -> bytes:
    raise NoAnswer("the partner gave no answer within 20 seconds")


@pytest.mark.parametrize(
    ("answering", "error", "state"),
    [(fails, NoAnswer, "unanswered"), (nonsense, NotTaken, "answered")],
    ids=["no answer", "answer that is no X12"],
)
def test_what_fails_is_told_and_kept(
    practice: Practice,
    answering: object,
    error: type[FhirError],
    state: str,
) -> None:
    assert callable(answering)
    with pytest.raises(error):
        converse(practice, PARTNER, MemoryTransport(answering=answering))
    assert [one.state for one in practice.exchanges("out")] == [state]


def test_partner_that_does_not_answer_is_left_alone_for_a_while(practice: Practice) -> None:
    with pytest.raises(NoAnswer):
        converse(practice, PARTNER, MemoryTransport(answering=fails))
    with pytest.raises(NotReached, match="tried again after"):
        converse(practice, PARTNER, MemoryTransport(answering=answer))
    assert len(practice.exchanges("out")) == 1


def test_refused_question_tells_the_places(practice: Practice) -> None:
    def refuse(data: bytes) -> bytes:
        (received,) = read(
            data.replace(b"AK9*A", b"AK9*Q").replace(b"GS*FA", b"GS*HS")
        ).interchanges
        told = acknowledge(received, interchange_control=9, group_control=9, written=now())
        assert told is not None
        return told

    talk = converse(practice, PARTNER, MemoryTransport(answering=refuse))
    assert any("AK91" in one or "refuses" in one for one in talk.refusals), talk.refusals


def test_numbers_stay_within_the_range_of_the_partner(practice: Practice) -> None:
    partner = replace(PARTNER, controls=Controls(500, 501))
    practice.runtime.transports.memory["cascade"] = MemoryTransport(answering=answer)
    for _ in range(2):
        converse(practice, partner)
    with pytest.raises(FhirError, match="used up"):
        converse(practice, partner)
    assert [one.facts.control for one in practice.exchanges("out")] == ["000000500", "000000501"]
