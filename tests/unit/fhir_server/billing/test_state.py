"""The table of claim states: what is permitted, what comes too late, what is refused."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.billing.state import (
    BY_EVENT,
    EVENTS,
    MOVES,
    STATES,
    Event,
    State,
    in_state,
    moved,
    next_state,
    state_of,
)
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict

STORY: tuple[tuple[Event, State], ...] = (
    ("submit", "ready"),
    ("send", "sent"),
    ("receive", "received"),
    ("accept", "accepted"),
    ("pay", "paid"),
    ("reverse", "reversed"),
    ("pay-partly", "partly-paid"),
    ("close", "closed"),
)


def after(state: State, event: Event) -> State | None:
    try:
        return next_state(state, event)
    except Conflict:
        return None


def test_every_event_has_one_row() -> None:
    assert [move.event for move in MOVES] == list(EVENTS)


def test_every_state_but_the_first_is_reached() -> None:
    assert {move.target for move in MOVES} == set(STATES)


def test_story_of_a_paid_and_corrected_claim() -> None:
    claim: JsonObject = {"resourceType": "Claim"}
    for event, state in STORY:
        claim = moved(claim, event)
        assert state_of(claim) == state


def test_claim_without_the_extension_is_a_draft() -> None:
    assert state_of({"resourceType": "Claim"}) == "draft"


def test_other_extensions_are_kept() -> None:
    other: JsonObject = {"url": "https://other.example", "valueString": "kept"}
    claim = in_state(in_state({"extension": [other]}, "ready"), "sent")
    assert claim["extension"] == [
        other,
        {
            "url": "https://parity.example/fhir/StructureDefinition/claim-state",
            "valueCode": "sent",
        },
    ]


@pytest.mark.parametrize("state", ["ready", "sent", "received", "accepted", "paid", "closed"])
def test_claim_that_left_is_not_submitted_again(state: State) -> None:
    with pytest.raises(Conflict, match=rf"{state} cannot become ready"):
        next_state(state, "submit")


def test_answers_that_overtake_each_other_end_in_the_same_state() -> None:
    claim = in_state({}, "ready")
    for event in ("accept", "receive", "send"):
        claim = moved(claim, event)
    assert state_of(claim) == "accepted"


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_a_repeated_event_changes_nothing_or_is_refused(state: State, event: Event) -> None:
    once = after(state, event)
    if once is not None:
        assert after(once, event) in {once, None}


@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_no_sequence_of_events_leaves_the_table(events: list[Event]) -> None:
    claim: JsonObject = {}
    for event in events:
        before = state_of(claim)
        try:
            claim = moved(claim, event)
        except Conflict:
            assert before not in (*BY_EVENT[event].sources, *BY_EVENT[event].passed)
            continue
        assert state_of(claim) in {BY_EVENT[event].target, before}


@given(st.lists(st.sampled_from(EVENTS), max_size=30))
def test_nothing_is_paid_that_was_not_submitted(events: list[Event]) -> None:
    claim: JsonObject = {}
    submitted = False
    for event in events:
        try:
            claim = moved(claim, event)
        except Conflict:
            continue
        submitted = submitted or event == "submit"
        assert submitted or state_of(claim) in {"draft", "held", "void"}


@pytest.mark.parametrize("event", EVENTS)
def test_void_and_closed_claims_stay_so(event: Event) -> None:
    assert after("void", event) is None
    assert after("closed", event) in {None, "closed"}
