"""The states of a claim and the moves between them: one table.

The state is the extension `claim-state` of the Claim. The server maintains it: what a client sends
is replaced by what is stored, so each move is a version of the Claim, `Claim?state=paid` finds it
and the history tells the story. A claim without the extension is a draft.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Conflict

State = Literal[
    "draft",
    "held",
    "ready",
    "sent",
    "received",
    "accepted",
    "rejected",
    "pending",
    "paid",
    "partly-paid",
    "denied",
    "reversed",
    "appealed",
    "void",
    "closed",
]
Event = Literal[
    "hold",
    "take-back",
    "release",
    "submit",
    "send",
    "receive",
    "refuse",
    "accept",
    "reject",
    "pend",
    "pay",
    "pay-partly",
    "deny",
    "reverse",
    "appeal",
    "void",
    "close",
]
STATES: tuple[State, ...] = get_args(State)
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True, slots=True)
class Move:
    """What an event does: from these states to that one. In the `passed` ones it comes too late.

    Answers overtake each other on their way: a 999 that arrives after the 277CA says nothing new.
    """

    event: Event
    sources: tuple[State, ...]
    target: State
    passed: tuple[State, ...] = ()
    note: str = ""


_OUT: tuple[State, ...] = ("ready", "sent", "received", "accepted", "pending")
_ANSWERED: tuple[State, ...] = ("paid", "partly-paid", "denied", "reversed", "appealed")
_PAYABLE: tuple[State, ...] = (*_OUT, *_ANSWERED)

MOVES: tuple[Move, ...] = (
    Move("hold", ("draft", "rejected"), "held", note="a person stops it"),
    Move("take-back", ("ready",), "held", note="it waited for a batch and has not left"),
    Move("release", ("held",), "draft"),
    Move("submit", ("draft", "rejected"), "ready", note="the interchange is written and kept"),
    Move(
        "send",
        ("ready",),
        "sent",
        passed=("sent", "received", "accepted", "pending", "rejected", *_ANSWERED, "closed"),
        note="the file stands in the outbox",
    ),
    Move(
        "receive",
        ("ready", "sent"),
        "received",
        passed=("received", "accepted", "pending", "rejected", *_ANSWERED, "closed"),
        note="TA1 or 999 accepts",
    ),
    Move("refuse", ("ready", "sent", "received"), "rejected", passed=("rejected",), note="999"),
    Move(
        "accept",
        ("ready", "sent", "received", "pending"),
        "accepted",
        passed=("accepted", *_ANSWERED, "closed"),
        note="277CA accepts into adjudication",
    ),
    Move("reject", _OUT, "rejected", passed=("rejected",), note="277CA: correct, send as original"),
    Move(
        "pend",
        ("ready", "sent", "received", "accepted"),
        "pending",
        passed=("pending", *_ANSWERED, "closed"),
        note="the payer asks or waits",
    ),
    Move("pay", _PAYABLE, "paid", note="835"),
    Move("pay-partly", _PAYABLE, "partly-paid", note="835 pays some lines"),
    Move("deny", _PAYABLE, "denied", note="835 allows nothing"),
    Move(
        "reverse",
        ("paid", "partly-paid", "denied", "appealed"),
        "reversed",
        note="835, CLP02 22",
    ),
    Move(
        "appeal",
        ("paid", "partly-paid", "denied", "reversed"),
        "appealed",
        note="the payer is asked to decide again",
    ),
    Move(
        "void",
        ("draft", "held", "rejected", "reversed"),
        "void",
        note="never to be sent, or taken back by a void claim",
    ),
    Move("close", ("rejected", *_ANSWERED), "closed", note="nothing is owed"),
)
BY_EVENT = {move.event: move for move in MOVES}


def next_state(state: State, event: Event) -> State:
    """Return the state after the event; the same one where the event comes too late.

    Raises Conflict, naming both states, where the event is not permitted.
    """
    move = BY_EVENT[event]
    if state in move.sources:
        return move.target
    if state in move.passed:
        return state
    raise Conflict(
        f"a claim that is {state} cannot become {move.target}",
        expression="Claim.extension",
        detail="claim-state",
    )


def state_of(claim: JsonObject) -> State:
    """Return the state a claim is in."""
    told = {
        extension.get("valueCode")
        for extension in _extensions(claim)
        if isinstance(extension, dict) and extension.get("url") == CLAIM_STATE
    }
    return next((state for state in STATES if state in told), "draft")


def in_state(claim: JsonObject, state: State) -> JsonObject:
    """Return the claim with its state; everything else as it was."""
    others = [
        one
        for one in _extensions(claim)
        if not (isinstance(one, dict) and one.get("url") == CLAIM_STATE)
    ]
    told: JsonObject = {"url": CLAIM_STATE, "valueCode": state}
    return {**claim, "extension": [*others, told]}


def moved(claim: JsonObject, event: Event) -> JsonObject:
    """Return the claim after the event. Raises Conflict."""
    return in_state(claim, next_state(state_of(claim), event))


def _extensions(claim: JsonObject) -> list[JsonValue]:
    found = claim.get("extension")
    return found if isinstance(found, list) else []
