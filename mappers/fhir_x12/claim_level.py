"""Mapped claims to one transaction set: levels shared where they are the same, HL numbered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappers.fhir_x12 import party_table
from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import Notes
from mappers.path import JsonObject
from mappers.x12.tree import Node, Seg, node, seg

MOST_CLAIMS = 100
"""Claims that a guide takes under one subscriber or patient."""
_SUBMITTER, _RECEIVER = LoopRun(party_table.SUBMITTER), LoopRun(party_table.RECEIVER)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the hierarchy without its HL: its segments and the loops that name its party."""

    segments: tuple[Seg, ...]
    loops: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MappedClaim:
    """A claim as X12: the levels it hangs under and its own loop, and how the provider is named."""

    kind: Kind
    provider: JsonObject
    billing: Level
    subscriber: Level
    patient: Level | None
    claim: Node


def submitter_problems(exchange: Exchange, provider: JsonObject) -> list[Problem]:
    """Return what the submitter lacks: a name, an id, a telephone number or an address."""
    notes = Notes("1000A", "Exchange.submitter", [])
    segments = _SUBMITTER.write(exchange.sender(provider), notes)
    if not any(one.id == "PER" for one in segments):
        place = "1000A PER04"
        notes.problems.append(Problem("missing", "Claim.provider.telecom", place, "is missing"))
    return notes.problems


def together(claims: Mapping[str, MappedClaim]) -> list[str]:
    """Return the keys of claims, those of one provider and of one subscriber side by side."""
    billing: dict[Level, int] = {}
    subscribers: dict[tuple[Level, Level], int] = {}
    ranks = {
        key: (
            billing.setdefault(one.billing, len(billing)),
            subscribers.setdefault((one.billing, one.subscriber), len(subscribers)),
        )
        for key, one in claims.items()
    }
    return sorted(claims, key=ranks.__getitem__)


def claim_set(claims: Sequence[MappedClaim], exchange: Exchange) -> Node:
    """Return the transaction set of claims of one kind, levels shared where they are the same."""
    notes = Notes("1000A", "Exchange.submitter", [])
    sender = _SUBMITTER.write(exchange.sender(claims[0].provider), notes)
    receiver: JsonObject = {"name": exchange.receiver_name, "id": exchange.receiver_id}
    loops = [
        node("1000A", sender),
        node("1000B", _RECEIVER.write(receiver, Notes("1000B", "Exchange.receiver", []))),
    ]
    return node("837", [seg("BHT", *exchange.header())], [*loops, *_levels(claims)])


def _runs(claims: Sequence[MappedClaim], name: str, most: int = 0) -> Iterator[list[MappedClaim]]:
    """Yield the claims in runs, of at most so many, whose level of this name is the same."""
    run: list[MappedClaim] = []
    for one in claims:
        is_full = most and len(run) == most
        if run and (is_full or getattr(run[-1], name) != getattr(one, name)):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _levels(claims: Sequence[MappedClaim]) -> Iterator[Node]:
    number = 0
    for of_provider in _runs(claims, "billing"):
        number += 1
        above, under = number, []
        for of_subscriber in _runs(of_provider, "subscriber", MOST_CLAIMS):
            number += 1
            made, number = _subscriber_node(of_subscriber, above, number)
            under.append(made)
        billing = of_provider[0].billing
        level = [seg("HL", above, None, "20", "1"), *billing.segments]
        yield node("2000A", level, [*billing.loops, *under])


def _subscriber_node(claims: Sequence[MappedClaim], above: int, number: int) -> tuple[Node, int]:
    """Return the level of one subscriber and the last HL number used in it."""
    subscriber, own = claims[0].subscriber, number
    patients = []
    for of_patient in _runs([one for one in claims if one.patient], "patient"):
        patient = of_patient[0].patient
        if patient is not None:
            number += 1
            level = [seg("HL", number, own, "23", "0"), *patient.segments]
            loops = [*patient.loops, *(one.claim for one in of_patient)]
            patients.append(node("2000C", level, loops))
    level = [seg("HL", own, above, "22", "1" if patients else "0"), *subscriber.segments]
    direct = [one.claim for one in claims if one.patient is None]
    return node("2000B", level, [*subscriber.loops, *direct, *patients]), number
