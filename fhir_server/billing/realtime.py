"""A conversation with a partner: a question of one interchange, the answer read at once.

For eligibility (270), status (276) and review (278). The question is kept with its control number
before it leaves, the answer before it is read. No database transaction is open while we wait. The
answer is in state `answered` until the caller has applied it. A question without an answer is
kept with the reason; asked again it is another one.

    conversation = ask(partner, "270", lambda envelope: write(ELIGIBILITY_270, sets, envelope),
                       context, runtime)
    for received, group, one in conversation.document.sets(): ...
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from fhir_server.billing.conversation import Conversation
from fhir_server.billing.envelope import envelope_of
from fhir_server.model.partner import Partner
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import circuits, control_numbers, exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport.failure import NoConversation, NotReached, NotTaken, NotTrusted
from mappers.x12.reader import Document, read
from mappers.x12.writer import Envelope

SECONDS = 20.0
"""How long an answer is waited for: CAQH CORE's response time rule for real time."""
SYNCHRONOUS = "real time"
"""The name of an exchange that came in no file."""


def ask(
    partner: Partner,
    kind: str,
    written: Callable[[Envelope], bytes],
    context: Context,
    runtime: Runtime,
    *,
    links: Sequence[Link] = (),
    seconds: float = SECONDS,
) -> Conversation:
    """Ask a partner in real time and return its answer.

    `written` makes the interchange under the envelope it is given; what it raises is passed on
    and no control number is used. `links` are the resources the question is about. Raises
    NoConversation for a partner without real time or with which this kind is not exchanged, and
    NotReached, NoAnswer, NotTrusted, NotTaken as the transport does.
    """
    if not partner.exchanges(kind):
        raise NoConversation(f"{kind} is not among the kinds exchanged with partner {partner.id}")
    if not partner.converses:
        raise NoConversation(
            f"partner {partner.id} does not answer in real time: give it a transport of kind https"
            " with an ask address, or send the request in a file"
        )
    _check_circuit(partner, context, runtime)

    def keep(work: UnitOfWork) -> Exchange:
        control = control_numbers.next_interchange(work, partner)
        data = written(envelope_of(partner, control, runtime.clock()))
        facts = Facts(
            partner.id, kind, f"{control:09d}", partner.own.id, partner.other.id, SYNCHRONOUS
        )
        kept = exchanges.keep(work, "x12", "out", data, facts, "asking")
        exchanges.link(work, kept.id, links)
        return kept

    question = runtime.store.transact(context, keep)
    data = _answered(question, partner, seconds, context, runtime)
    document = read(data)
    answer = runtime.store.transact(
        context, lambda work: _keep_answer(question, document, data, links, work)
    )
    if not document.interchanges:
        raise NotTaken(f"the partner's answer, exchange {answer.id}, holds no interchange")
    return Conversation(question, answer, document)


def _check_circuit(partner: Partner, context: Context, runtime: Runtime) -> None:
    """Refuse at once to ask a partner that was not reached a moment ago. Raises NotReached."""
    with runtime.store.read(context) as reader:
        circuit = circuits.of(reader, partner.id)
    if circuit.is_open(runtime.clock()) and circuit.retry is not None:
        raise NotReached(
            f"partner {partner.id} is not reached since {circuit.failures} attempts and is tried"
            f" again after {circuit.retry:%H:%M:%S}: {circuit.reason}"
        )


def _answered(
    question: Exchange, partner: Partner, seconds: float, context: Context, runtime: Runtime
) -> bytes:
    """Send the question and wait; note on it why there is no answer, if there is none."""
    transport = runtime.transports.of(partner)
    try:
        return transport.ask(question.body, sha256(question.body).hexdigest(), seconds)
    except FhirError as error:
        reason = str(error)
        is_away = isinstance(error, NotReached | NotTrusted)

        def note(work: UnitOfWork) -> None:
            exchanges.set_state(work, question.id, "unanswered", report={"notes": [reason]})
            if is_away:
                circuits.note_failed(work, partner.id, reason)

        runtime.store.transact(context, note)
        raise
    finally:
        transport.close()


def _keep_answer(
    question: Exchange,
    document: Document,
    data: bytes,
    links: Sequence[Link],
    work: UnitOfWork,
) -> Exchange:
    """Keep the answer, read or not, and what it was the answer to."""
    kinds = [one.header.id for _, _, one in document.sets()]
    first = document.interchanges[0].header if document.interchanges else None
    facts = Facts(
        partner=question.facts.partner,
        kind=next(iter(kinds), "TA1" if first else "")[:10],
        control=first.control if first else "",
        sender=first.sender if first else "",
        receiver=first.receiver if first else "",
        name=f"answer to exchange {question.id}",
    )
    state = "answered" if first else "set-aside"
    kept = exchanges.keep(work, "x12", "in", data, facts, state)
    exchanges.link(work, kept.id, links)
    exchanges.set_state(work, question.id, "answered")
    circuits.note_reached(work, question.facts.partner)
    return kept
