"""Envelopes around segments: a machine that takes segments and gives interchanges.

Whatever order the segments come in, each finds an envelope (an empty one where a header is
missing) and each disorder a finding.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter

from mappers.x12 import envelope_rule as rule
from mappers.x12.envelope import (
    AROUND_SETS,
    Group,
    GroupHeader,
    Interchange,
    InterchangeHeader,
    SetHeader,
    TransactionSet,
)
from mappers.x12.envelope_rule import EnvelopeRule, envelope_finding
from mappers.x12.findings import Ledger
from mappers.x12.lexer import Segment
from mappers.x12.open_set import OpenSet, Watch
from mappers.x12.opening import OpenGroup, OpenInterchange
from mappers.x12.placing import OnUnit

Part = InterchangeHeader | GroupHeader | SetHeader | TransactionSet | Group | Interchange
Listener = Callable[[Part], None]
_ID, _LEAD = itemgetter(0), itemgetter(5)
_LINE_ENDS = frozenset({"\n", "\r\n"})


class Assembler:
    """Takes the segments of a file; `interchanges` holds what is complete.

    With a listener nothing is kept: headers are told when they open, wholes when they close, and
    `on_unit` takes the units (claims, payments) of the sets; a `watch` takes them set by set, and
    the other loops too.
    """

    def __init__(
        self,
        listener: Listener | None = None,
        on_unit: OnUnit | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.interchanges: list[Interchange] = []
        self.findings = Ledger(limit=5000)
        self._listener = listener
        self._on_unit = on_unit
        self._watch = watch
        self._interchange: OpenInterchange | None = None
        self._group: OpenGroup | None = None
        self._set: OpenSet | None = None
        self._seen: set[tuple[str, str, str]] = set()
        self._has_content = self._is_marked = self._is_indented = False
        self._steps: dict[str, Callable[[Segment], None]] = {
            "ISA": self._open_interchange,
            "IEA": self._close_interchange,
            "GS": self._open_group,
            "GE": self._close_group,
            "ST": self._open_set,
            "SE": self._close_set,
            "TA1": self._take_ta1,
            "": self._take_empty,
        }

    def take(self, segments: Sequence[Segment]) -> None:
        """Take the next segments of the file."""
        if any(map(_LEAD, segments)) and not (self._is_marked and self._is_indented):
            for segment in segments:
                if segment[5] and segment[5] not in _LINE_ENDS:
                    self._judge_lead(segment)
        if self._set is not None and AROUND_SETS.isdisjoint(map(_ID, segments)):
            self._set.take(segments, keep=self._listener is None)
            return
        for segment in segments:
            if self._set is None or segment[0] in AROUND_SETS:
                self._take_around(segment)
            else:
                self._set.take((segment,), keep=self._listener is None)

    def _take_around(self, segment: Segment) -> None:
        """Take a segment that is not of an open set."""
        step = self._steps.get(segment.id)
        if step is not None:
            step(segment)
        else:
            self._note(rule.OUTSIDE, segment)

    def finish(self, last: Segment | None) -> None:
        """Close what is open at the end of the file."""
        if last is not None and last.id and not last.is_terminated:
            is_whole = last.id == "IEA" and self._interchange is None
            self._note(rule.UNTERMINATED if is_whole else rule.TRUNCATED, last)
        self._end_interchange(None, last)
        if not self._has_content:
            self._note(rule.NO_CONTENT, None)

    def _open_interchange(self, segment: Segment) -> None:
        self._end_interchange(None, segment)
        self._interchange = opened = OpenInterchange(segment, segment)
        self._has_content = True
        header = opened.header
        key = (header.sender_qualifier, header.sender, header.control)
        if key in self._seen:
            opened.add(envelope_finding(rule.DUPLICATE, segment, 13))
        self._seen.add(key)
        self._tell(header)

    def _within_interchange(self, segment: Segment) -> OpenInterchange:
        """Return the open interchange; a fragment gets one without a header."""
        if self._interchange is None:
            self._interchange = OpenInterchange(None, segment)
            self._has_content = True
            self._tell(self._interchange.header)
        return self._interchange

    def _close_interchange(self, segment: Segment) -> None:
        if self._interchange is None:
            self._note(rule.ORPHAN, segment)
            return
        self._end_group(None, segment)
        self._interchange.judge_trailer(segment)
        self._end_interchange(segment, segment)

    def _end_interchange(self, trailer: Segment | None, at: Segment | None) -> None:
        self._end_group(None, at)
        if self._interchange is None:
            return
        whole = self._interchange.close(trailer, at)
        self._interchange = None
        self._tell(whole)
        if self._listener is None:
            self.interchanges.append(whole)

    def _open_group(self, segment: Segment) -> None:
        interchange = self._within_interchange(segment)
        self._end_group(None, segment)
        self._group = OpenGroup(segment)
        interchange.count += 1
        interchange.has_content = True
        self._tell(self._group.header)

    def _within_group(self, segment: Segment) -> OpenGroup:
        if self._group is None:
            interchange = self._within_interchange(segment)
            self._group = OpenGroup(None)
            interchange.has_content = True
            if interchange.opening is not None:
                self._group.add(envelope_finding(rule.NO_GS, segment))
            self._tell(self._group.header)
        return self._group

    def _close_group(self, segment: Segment) -> None:
        if self._group is None:
            self._within_interchange(segment).add(envelope_finding(rule.ORPHAN, segment))
            return
        self._end_set(None, segment)
        self._group.judge_trailer(segment)
        self._end_group(segment, segment)

    def _end_group(self, trailer: Segment | None, at: Segment | None) -> None:
        self._end_set(None, at)
        if self._group is None:
            return
        whole = self._group.close(trailer, at)
        self._group = None
        self._tell(whole)
        if self._listener is None and self._interchange is not None:
            self._interchange.groups.append(whole)

    def _open_set(self, segment: Segment) -> None:
        self._end_set(None, segment)
        self._set = self._within_group(segment).open_set(segment, self._on_unit, self._watch)
        self._tell(self._set.header)

    def _close_set(self, segment: Segment) -> None:
        if self._set is None:
            self._within_group(segment).add(envelope_finding(rule.ORPHAN, segment))
            return
        self._set.end(segment)
        self._end_set(segment, segment)

    def _end_set(self, trailer: Segment | None, at: Segment | None) -> None:
        if self._set is None:
            return
        whole = self._set.close(trailer, at)
        self._set = None
        self._tell(whole)
        if self._listener is None and self._group is not None:
            self._group.sets.append(whole)

    def _take_ta1(self, segment: Segment) -> None:
        self._within_interchange(segment).take_acknowledgment(segment)

    def _take_empty(self, segment: Segment) -> None:
        if segment.end:
            self._note(rule.EMPTY, segment)

    def _judge_lead(self, segment: Segment) -> None:
        if "\xef\xbb\xbf" in segment.lead and not self._is_marked:
            self._is_marked = True
            self._note(rule.MARKED, segment)
        is_blank = any(one in segment.lead for one in " \t")
        if is_blank and segment.id and not self._is_indented:
            self._is_indented = True
            self._note(rule.INDENTED, segment)

    def _note(self, broken: EnvelopeRule, segment: Segment | None) -> None:
        self.findings.add(envelope_finding(broken, segment))

    def _tell(self, part: Part) -> None:
        if self._listener is not None:
            self._listener(part)
