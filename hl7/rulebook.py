"""The dictionary of a version compiled to flat rules: what each field and its leaves may be.

Only leaves that can be wrong have a rule, those with a format or a closed table, so that judging a
field costs what there is to judge in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from hl7.datatype import FORMATS
from hl7.dictionary import Dictionary, FieldUse, SegmentUse, load

Judge = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class LeafRule:
    """A leaf with a format, or with the codes of its table; component 0 means the whole field."""

    component: int
    subcomponent: int
    judge: Judge | None
    codes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """A field: its use, its leaves that can be wrong, and whether a value may have any type."""

    use: FieldUse
    leaves: tuple[LeafRule, ...]
    varies: bool


@dataclass(frozen=True, slots=True)
class SegmentRules:
    """A segment: the rules of its fields, field 1 first, and the numbers of required ones."""

    fields: tuple[FieldRule, ...]
    required: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A segment that must be there when its group is: what shows that the group has begun."""

    use: SegmentUse
    evidence: frozenset[str]


@dataclass(frozen=True)
class Rulebook:
    """The rules of one version, each made when it is first asked for."""

    dictionary: Dictionary
    _segments: dict[str, SegmentRules | None] = field(default_factory=dict, repr=False)
    _types: dict[str, tuple[LeafRule, ...]] = field(default_factory=dict, repr=False)
    _groups: dict[str, tuple[GroupRule, ...]] = field(default_factory=dict, repr=False)

    def segment(self, id: str) -> SegmentRules | None:
        """Return the rules of a segment, None for one the version does not define."""
        if id not in self._segments:
            uses = self.dictionary.segments.get(id)
            self._segments[id] = None if uses is None else self._rules(uses)
        return self._segments[id]

    def leaves(self, datatype: str) -> tuple[LeafRule, ...]:
        """Return the rules of the leaves of a data type."""
        if datatype not in self._types:
            whole = FieldUse("", datatype, "", required=False, most=1)
            self._types[datatype] = tuple(self._leaves(whole))
        return self._types[datatype]

    def knows_type(self, datatype: str) -> bool:
        """Say whether the version, or a later one, has this data type."""
        return datatype in self.dictionary.components or datatype in PRIMITIVES

    def groups(self, structure: str) -> tuple[GroupRule, ...]:
        """Return which segments optional groups of a structure require."""
        if structure not in self._groups:
            self._groups[structure] = tuple(self._group_rules(structure))
        return self._groups[structure]

    def _rules(self, uses: tuple[FieldUse, ...]) -> SegmentRules:
        fields = tuple(
            FieldRule(use, tuple(self._leaves(use)), use.datatype.casefold() == "varies")
            for use in uses
        )
        required = tuple(number for number, use in enumerate(uses, 1) if use.required)
        return SegmentRules(fields, required)

    def _leaves(self, use: FieldUse) -> Iterator[LeafRule]:
        parts = self.dictionary.components.get(use.datatype)
        if parts is None:
            yield from self._leaf(0, 1, use)
            return
        for number, part in enumerate(parts, 1):
            inner = self.dictionary.components.get(part.datatype)
            for deeper, leaf in enumerate(inner or (part,), 1):
                yield from self._leaf(number, deeper, leaf)

    def _leaf(self, component: int, subcomponent: int, use: FieldUse) -> Iterator[LeafRule]:
        judge = FORMATS.get(use.datatype)
        codes = self.dictionary.tables.get(use.table) if use.datatype == "ID" else None
        if judge or codes:
            yield LeafRule(component, subcomponent, judge, codes)

    def _group_rules(self, structure: str) -> Iterator[GroupRule]:
        uses = self.dictionary.structures.get(structure, ())
        homes: dict[str, set[tuple[str, ...]]] = {}
        for use in uses:
            homes.setdefault(use.id, set()).add(use.groups)
        for use in uses:
            if use.required or not use.needed or not use.groups:
                continue
            inside = {
                other.id
                for other in uses
                if other.groups[: len(use.groups)] == use.groups
                and all(home[: len(use.groups)] == use.groups for home in homes[other.id])
            }
            evidence = frozenset(inside - {use.id})
            if evidence and homes[use.id] == {use.groups}:
                yield GroupRule(use, evidence)


PRIMITIVES = (
    frozenset(
        (
            "CM",
            "CK",
            "DT",
            "DTM",
            "FT",
            "GTS",
            "ID",
            "IS",
            "NM",
            "NUL",
            "SI",
            "SNM",
            "ST",
            "TM",
            "TN",
        )
    )
    | {"TS", "TX", "CE", "CWE", "CNE", "CF", "CX", "ED", "RP", "SN", "NA", "MA", "CP", "MO", "EI"}
    | {
        "AD",
        "XAD",
        "PN",
        "XPN",
        "XCN",
        "XON",
        "XTN",
        "DR",
        "NR",
        "ST_OR_XX",
    }
)
"""Data types OBX-2 may name in any version: senders use those of later ones in earlier ones."""


@cache
def rulebook(version: str) -> Rulebook:
    """Return the rules of a supported version."""
    return Rulebook(load(version))
