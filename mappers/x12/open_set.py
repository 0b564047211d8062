"""A transaction set that is open: which guide judges it, and what it has taken."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mappers.x12 import envelope_rule as rule
from mappers.x12.diagnosis import diagnose
from mappers.x12.dispatch import Compiled, compiled
from mappers.x12.envelope import GroupHeader, SetHeader, TransactionSet, set_header
from mappers.x12.envelope_rule import EnvelopeRule, envelope_finding, trailer_findings
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import Segment
from mappers.x12.placing import GenericPlacer, GuidePlacer, OnLoop, OnUnit, Placer
from mappers.x12.sets import guides_for

_BY_GUIDE = frozenset(
    {
        "segment-missing",
        "segment-unexpected",
        "segment-too-often",
        "loop-too-often",
        "element-missing",
        "element-code",
    }
)

Watch = Callable[[Guide], tuple[OnUnit | None, OnLoop | None]]
"""Says for a set of a guide who takes its units, and its other loops as they close.

Where nobody takes its units, the set is kept whole.
"""


class OpenSet:
    """A set between ST and SE.

    Where several guides share its version, its second segment chooses one; till then no placer
    is there.
    """

    __slots__ = (
        "_count",
        "_findings",
        "_guide",
        "_guides",
        "_last",
        "_on_unit",
        "_opening",
        "_placer",
        "_segments",
        "_watch",
        "header",
    )

    def __init__(
        self,
        opening: Segment,
        group: GroupHeader,
        on_unit: OnUnit | None,
        watch: Watch | None = None,
    ) -> None:
        self.header = set_header(opening)
        guides, broken = _guides_of(self.header, group)
        self._guides = [compiled(guide, opening.delimiters) for guide in guides]
        self._guide: Guide | None = None
        self._on_unit = on_unit
        self._watch = watch
        self._count = 1
        self._last = self._opening = opening
        self._segments = [opening]
        self._findings = [envelope_finding(one, opening) for one in broken]
        self._placer: Placer | None = None
        if len(self._guides) < 2:
            self._placer = self._placed_by(next(iter(self._guides), None))

    def add(self, *findings: Finding) -> None:
        """Note what is wrong with the set."""
        self._findings.extend(findings)

    def take(self, segments: Sequence[Segment], *, keep: bool) -> None:
        """Take the next segments of the set, at least one."""
        self._count += len(segments)
        self._last = segments[-1]
        if keep:
            self._segments.extend(segments)
        self._placer_for(segments[0]).place(segments)

    def end(self, trailer: Segment) -> None:
        """Take and keep SE, and compare it with what was taken."""
        self._count += 1
        self._last = trailer
        self._segments.append(trailer)
        self._placer_for(trailer).end(trailer)
        control = self.header.control
        self.add(*trailer_findings(trailer, control, self._count, rule.SE_COUNT, rule.SE_CONTROL))

    def _placer_for(self, segment: Segment) -> Placer:
        if self._placer is None:
            self._placer = self._placed_by(_chosen(self._guides, segment))
        return self._placer

    def close(self, trailer: Segment | None, at: Segment | None) -> TransactionSet:
        """Return the set as it stands; without a trailer that is a finding."""
        if trailer is None:
            self.add(envelope_finding(rule.NO_SE, self._last))
        placer = self._placer or self._placed_by(self._guides[0])
        root = placer.finish(at or self._last)
        guide = self._guide
        found = (*placer.findings.close(), *self._findings)
        if guide is None:
            return TransactionSet(self.header, self._segments, root, "", "", found)
        if not guide.is_certain:
            found = tuple(map(_graded_down, found))
        return TransactionSet(self.header, self._segments, root, guide.version, guide.kind, found)

    def _placed_by(self, guide: Compiled | None) -> Placer:
        if guide is None:
            return GenericPlacer(self._opening)
        self._guide = guide.guide
        on_unit: OnUnit | None = self._on_unit
        on_loop: OnLoop | None = None
        if self._watch is not None:
            on_unit, on_loop = self._watch(guide.guide)
        return GuidePlacer(guide, self._opening, on_unit, on_loop)


def _graded_down(found: Finding) -> Finding:
    """Return what breaks an uncertain guide as a warning; bad values stay errors."""
    is_by_guide = found.severity == "error" and found.id in _BY_GUIDE
    return replace(found, severity="warning") if is_by_guide else found


def _guides_of(
    header: SetHeader, group: GroupHeader
) -> tuple[tuple[Guide, ...], list[EnvelopeRule]]:
    """Return the guides that may judge a set, and what is wrong with how it is named."""
    stated = [one for one in (header.version, group.version) if one]
    version = next((one for one in stated if guides_for(one)), "")
    guides = guides_for(version, header.id) if version or not stated else ()
    if not guides:
        return (), [rule.ST_MISMATCH if version else rule.NO_GUIDE]
    is_strange = group.functional_id not in ("", *(one.functional_id for one in guides))
    return guides, [rule.GS_FUNCTION] if is_strange else []


def _chosen(guides: Sequence[Compiled], second: Segment) -> Compiled:
    """Return the guide whose second segment (BHT) it is, or most nearly is."""

    def defects(guide: Compiled) -> int:
        use = guide.root.spots[1].use
        return sum(1 for _ in diagnose(use, second, "")) if use.id == second.id else 99

    return min(guides, key=defects)
