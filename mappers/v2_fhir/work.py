"""One message being mapped: tables are run against its segments, and the account is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mappers.apply import Trace, Transformation, Untranslated, Vocabulary, run
from mappers.codes import CodeMap
from mappers.path import JsonObject, JsonTarget
from mappers.rule import Table
from mappers.v2_fhir.bundle import Complete, Entry, Mapped, Merge
from mappers.v2_fhir.charge_code import CHARGE_CODES
from mappers.v2_fhir.charge_type import CHARGES
from mappers.v2_fhir.codes import CODES
from mappers.v2_fhir.contact import CONTACTS
from mappers.v2_fhir.custom import VALUE, owner_of, table_of, write_extension
from mappers.v2_fhir.datatypes import DATATYPES, Context
from mappers.v2_fhir.dialect import CustomRule
from mappers.v2_fhir.document_value import DOCUMENT_VALUES
from mappers.v2_fhir.extension import EXTENSIONS
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.finance_code import FINANCE_CODES
from mappers.v2_fhir.finance_type import FINANCES
from mappers.v2_fhir.identifier import IDENTIFIERS
from mappers.v2_fhir.ledger import Reason, Unmapped, occurrences, unread
from mappers.v2_fhir.moment import zone_of
from mappers.v2_fhir.order_code import ORDER_CODES
from mappers.v2_fhir.order_extension import ORDER_EXTENSIONS
from mappers.v2_fhir.order_value import ORDER_VALUES
from mappers.v2_fhir.pharmacy_value import PHARMACY_VALUES
from mappers.v2_fhir.schedule_code import SCHEDULE_CODES
from mappers.v2_fhir.schedule_type import SCHEDULES
from mappers.v2_fhir.security import label, labels_of
from mappers.v2_fhir.segments.msh import BUNDLE, EVENT_TIME
from mappers.v2_fhir.source import Leaf, Node, SegmentSource, SegmentText
from mappers.v2_fhir.value import VALUES
from mappers.v2_fhir.visit_code import VISIT_CODES
from mappers.v2_fhir.visit_value import VISIT_VALUES

TRANSFORMATIONS: tuple[Mapping[str, Transformation[Node, Context]], ...] = (
    DATATYPES,
    IDENTIFIERS,
    CONTACTS,
    EXTENSIONS,
    VALUES,
    VISIT_VALUES,
    FINANCES,
    SCHEDULES,
    CHARGES,
    ORDER_EXTENSIONS,
    ORDER_VALUES,
    DOCUMENT_VALUES,
    PHARMACY_VALUES,
)
CODE_MAPS: tuple[Mapping[str, CodeMap], ...] = (
    CODES,
    VISIT_CODES,
    FINANCE_CODES,
    SCHEDULE_CODES,
    CHARGE_CODES,
    ORDER_CODES,
)
VOCABULARY: Vocabulary[Node, Context] = Vocabulary(
    {name: one for group in TRANSFORMATIONS for name, one in group.items()},
    {name: one for group in CODE_MAPS for name, one in group.items()},
)


class MessageText(Protocol):
    """What a mapping asks of a message."""

    @property
    def segments(self) -> Sequence[SegmentText]:
        """The segments in order, MSH first."""


@dataclass(slots=True)
class Work:
    """The state of one run: leaves read so far, entries made, rows of the ledger.

    `time` is that of the event, which orders the messages about one thing.
    """

    segments: Sequence[SegmentText]
    context: Context
    read: set[Leaf] = field(default_factory=set)
    entries: dict[str, Entry] = field(default_factory=dict)
    refused: list[Unmapped] = field(default_factory=list)
    untranslated: list[Untranslated] = field(default_factory=list)
    runs: list[tuple[Table, Trace]] = field(default_factory=list)
    time: str = ""
    complete: list[Complete] = field(default_factory=list)
    vocabulary: Vocabulary[Node, Context] = VOCABULARY
    made: list[tuple[int, JsonObject]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Add an entry to the transaction, unless the same resource is there already."""
        self.entries.setdefault(entry.full_url, entry)

    @property
    def feed(self) -> Feed:
        """The sender."""
        return self.context.feed

    def source(
        self, *segments: SegmentText | None, only: tuple[int, int] | None = None
    ) -> SegmentSource:
        """Return the segments as the source of a table."""
        present = {segment.id: segment for segment in segments if segment is not None}
        return SegmentSource(present, self.read, only)

    def run(
        self, table: Table, source: SegmentSource, resource: JsonObject | None = None
    ) -> JsonObject:
        """Run a table into a resource, a new one where none is given."""
        target = JsonTarget({} if resource is None else resource)
        trace = run(table, source, target, self.vocabulary, self.context)
        source.account(table.structural)
        self.runs.append((table, trace))
        if self.feed.dialect.custom:
            self.made += [(one.ordinal, target.tree) for one in source.segments.values()]
        self._keep(trace, source)
        return target.tree

    def _keep(self, trace: Trace, source: SegmentSource) -> None:
        """Turn what was read but not written into rows of the ledger."""
        if not (trace.unwritten or trace.overruled or trace.untranslated or trace.as_text):
            return
        names = occurrences(self.segments)
        written = {path for path, _ in trace.written}
        self.untranslated += trace.untranslated
        codeless = {row.source for row in trace.untranslated}
        for path in trace.as_text:
            self.refused.append(Unmapped(self._place(path, source, names), "as-text"))
        for path in dict.fromkeys(path for path, _ in (*trace.unwritten, *trace.overruled)):
            if path in written:
                continue
            place = self._place(path, source, names)
            overruled = any(path == source for source, _ in trace.overruled)
            reason: Reason = "no-code" if path in codeless else "not-understood"
            self.refused.append(Unmapped(place, "overruled" if overruled else reason))

    def _follow_dialect(self) -> None:
        """Write the Z fields of the feed, and label what tells of the patient."""
        dialect = self.feed.dialect
        known = {id(entry.resource) for entry in self.entries.values()}
        made = [(at, tree) for at, tree in self.made if id(tree) in known]
        for rule in dialect.custom:
            for segment in self.segments:
                owner = owner_of(segment.ordinal, rule.resource, made)
                if segment.id == rule.source.partition("-")[0] and owner is not None:
                    self._write_custom(rule, segment, owner)
        labels = labels_of(self.segments, dialect)
        for entry in self.entries.values():
            label(entry.resource, labels)

    def _write_custom(self, rule: CustomRule, segment: SegmentText, owner: JsonObject) -> None:
        if rule.target:
            self.run(table_of(rule), self.source(segment), owner)
            return
        value = self.run(table_of(rule), self.source(segment)).get(VALUE)
        if value is not None:
            write_extension(owner, rule, value)

    def _place(self, path: str, source: SegmentSource, names: Mapping[int, str]) -> str:
        """Return a path with the count of its segment: `OBX(2)-5`."""
        name, _, number = path.partition("-")
        return f"{names[source.segments[name].ordinal]}-{number.rstrip('*')}"

    def ledger(self) -> tuple[Unmapped, ...]:
        """Return every place whose value is in no resource."""
        return tuple(dict.fromkeys((*unread(self.segments, self.read), *self.refused)))

    def finish(self, identifier: JsonObject, event_time: str, patient: tuple[str, str]) -> Mapped:
        """Return what the message became, with its ledger."""
        self._follow_dialect()
        return Mapped(
            entries=tuple(self.entries.values()),
            identifier=identifier,
            event_time=event_time,
            patient=patient,
            unmapped=self.ledger(),
            untranslated=tuple(self.untranslated),
            read=frozenset(self.read),
            runs=tuple(self.runs),
            complete=tuple(self.complete),
            merges=tuple(self.merges),
        )


def open_message(message: MessageText, feed: Feed) -> tuple[Work, JsonObject, str]:
    """Start the work on a message; return it with Bundle.identifier and the event time."""
    header = message.segments[0]
    event = next((segment for segment in message.segments if segment.id == "EVN"), None)
    sent = header.field(7)
    zone = zone_of(sent[0][0][0]) if sent else None
    context = Context(feed, zone or feed.zone)
    work = Work(message.segments, context, vocabulary=vocabulary_of(feed))
    source = work.source(header, event)
    time = work.time = _event_time(work, source)
    identifier = work.run(BUNDLE, source).get("identifier")
    return work, identifier if isinstance(identifier, dict) else {}, time


def vocabulary_of(feed: Feed) -> Vocabulary[Node, Context]:
    """Return the transformations and code maps with those of the feed in place of ours."""
    if not feed.tables:
        return VOCABULARY
    return Vocabulary(VOCABULARY.transformations, {**CODES, **feed.tables})


def _event_time(work: Work, source: SegmentSource) -> str:
    target = JsonTarget()
    run(EVENT_TIME, source, target, VOCABULARY, work.context)
    return str(target.tree.get("time", ""))
