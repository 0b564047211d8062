"""A message as it is met at the door: read, given to its feed, and known by its numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from fhir_server.intake.v2_answer import Refusal, refused_at
from fhir_server.model.feed import FeedRecord
from fhir_server.model.message import DONE, WAITING
from fhir_server.store.exchange_keys import Name
from fhir_server.store.exchanges import Exchange, Facts
from fhir_server.store.feeds import KnownFeed
from hl7.message import Message, NotHl7, Segment, parse

LONGEST_FACT = 200
"""Characters kept of a header field, so that every header fits the index of exchanges."""
MOST_NAMES = 200
ORDERS = {"ORC": (2, 3, 4), "OBR": (2, 3), "SCH": (1, 2)}
"""Where the numbers of orders and appointments stand."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that arrived: from whom, for which feed, and what was wrong with their frame.

    Without a `feed` the header decides. With a `fault` the data are only the beginning of a frame
    that could not be read whole.
    """

    data: bytes
    peer: str = ""
    fault: str = ""
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """An arrival, read: its message (None where there is none), its feed and its facts."""

    arrival: Arrival
    message: Message | None
    known: KnownFeed
    facts: Facts

    @property
    def lanes(self) -> tuple[int, int]:
        """The lanes in which it is applied: those of the patients it is about."""
        return lanes_of(self.message, self.known.record.id)

    @property
    def names(self) -> list[Name]:
        """What it is found by."""
        return names_of(self.message, self.facts)


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it is kept: its exchange.

    `other` is an exchange of the feed that has the same control id and other bytes; `parked` are
    earlier messages of the patient that were not applied. One that is applied `again` may have
    been applied before.
    """

    exchange: Exchange
    message: Message
    known: KnownFeed
    other: int | None = None
    parked: tuple[int, ...] = ()
    again: bool = False

    @property
    def is_told(self) -> bool:
        """Whether its sender was told that it is taken; that answer stays."""
        return self.exchange.reply is not None and self.exchange.state in (*DONE, *WAITING)

    @property
    def control_id(self) -> str:
        """MSH-10 of the answer: the same whenever the message is answered."""
        return f"P{self.exchange.id}"

    @property
    def lanes(self) -> tuple[int, int]:
        """The lanes in which it is applied."""
        return lanes_of(self.message, self.known.record.id)


def read_letter(arrival: Arrival, feeds: Mapping[str, KnownFeed], default: str) -> Letter:
    """Return the arrival read, in the character set of its feed."""
    named = feeds.get(arrival.feed) if arrival.feed else None
    try:
        message = _parsed(arrival.data, named.record) if named else parse(arrival.data)
    except NotHl7:
        known = named or feeds[default]
        return Letter(arrival, None, known, Facts(partner=known.record.id, name=arrival.peer))
    known = named or feed_of(message, feeds, default)
    if named is None and known.record.charset:
        message = _parsed(arrival.data, known.record)
    value = message.header.value
    code, trigger, _ = message.type
    facts = Facts(
        partner=known.record.id,
        kind=_fact(f"{code}^{trigger}"),
        control=_fact(message.control_id),
        sender=_fact(f"{value(3)}|{value(4)}"),
        receiver=_fact(f"{value(5)}|{value(6)}"),
        name=arrival.peer,
    )
    return Letter(arrival, message, known, facts)


def _parsed(data: bytes, record: FeedRecord) -> Message:
    return parse(data, record.charset, overrides=record.overrides_charset)


def feed_of(message: Message, feeds: Mapping[str, KnownFeed], default: str) -> KnownFeed:
    """Return the feed one of whose senders a header names; the default one where none does."""
    value = message.header.value
    fit = [
        one
        for id, one in feeds.items()
        if id != default
        and any(party.is_met(value(3), value(4)) for party in one.record.senders)
        and (not one.record.receivers or _is_for(message, one.record))
    ]
    return fit[0] if fit else feeds[default]


def refusal_at_door(message: Message, record: FeedRecord) -> Refusal | None:
    """Return why the feed does not take a message; None when it does."""
    value = message.header.value
    if record.senders and not any(one.is_met(value(3), value(4)) for one in record.senders):
        return refused_at(message, "MSH-3", "the feed takes no messages of this sender", "207")
    if record.receivers and not _is_for(message, record):
        return refused_at(message, "MSH-5", "the message is for another receiver", "207")
    if record.processing and value(11) and value(11) not in record.processing:
        return refused_at(message, "MSH-11", "the feed takes no such processing id", "202")
    if record.versions and message.version not in record.versions:
        return refused_at(message, "MSH-12", "the feed takes no such version", "203")
    is_broken = any(note.id == "broken-line" for note in message.notes)
    if is_broken and not record.joins_lines:
        return refused_at(message, "MSH", "a line of the message is no segment", "100", "error")
    return None


def lanes_of(message: Message | None, feed: str) -> tuple[int, int]:
    """Return the lanes of a message: of its patient, and of the one merged into it."""
    people = [_patient(one) for one in message.named("PID", "MRG")] if message else []
    lanes = sorted({_hash(f"{feed}\x1f{one}") for one in people if one}) or [_hash(feed)]
    return lanes[0], lanes[-1]


def names_of(message: Message | None, facts: Facts) -> list[Name]:
    """Return what a message is found by."""
    names: list[Name] = [("feed", facts.partner)]
    if facts.control:
        names.append(("control", facts.control))
    if message is not None:
        numbers = dict.fromkeys(name for one in message.segments for name in _numbers(one))
        names += list(numbers)[:MOST_NAMES]
    return names


def _numbers(segment: Segment) -> Iterator[Name]:
    if segment.id in ("PID", "MRG"):
        identifiers = segment.field(3 if segment.id == "PID" else 1)
        yield from (("mrn", one[0][0][:LONGEST_FACT]) for one in identifiers if one[0][0])
    for number in ORDERS.get(segment.id, ()):
        if found := segment.value(number):
            yield "order", found[:LONGEST_FACT]


def _patient(segment: Segment) -> str:
    number = 3 if segment.id == "PID" else 1
    return f"{segment.value(number)}\x1f{segment.value(number, 1, 4)}"


def _is_for(message: Message, record: FeedRecord) -> bool:
    value = message.header.value
    return any(one.is_met(value(5), value(6)) for one in record.receivers)


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _fact(text: str) -> str:
    """Return a header field as it can be stored: short, without control characters."""
    return "".join(one if one.isprintable() else " " for one in text[:LONGEST_FACT])
