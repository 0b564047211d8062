"""The vocabulary of a mapping: a Table of Rules, each with a source, a target and a condition.

Source and target are addresses in the words of their own standard (`OBX-5`, `Claim.item.quantity`,
`CLM05-1`); what an address means is known by the source and target given to `mappers.apply`.
Tables hold no computation: a transformation is named and found in a registry, a code
translation is named and found among the code maps.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Is:
    """The text at the path is one of the values."""

    path: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Valued:
    """The path holds something."""

    path: str


@dataclass(frozen=True, slots=True)
class Empty:
    """The path holds nothing."""

    path: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "When"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every condition holds."""

    conditions: tuple["When", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one condition holds."""

    conditions: tuple["When", ...]


When = Is | Valued | Empty | Not | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a mapping.

    A rule without `source` writes its `constant`; with one, the transformation may use it (the part
    somebody plays, the state of a place). `using` names the transformation, `codes` the
    code map it translates by. A target that ends in `[]` takes every repetition of the source;
    any other target takes the first one that gives a value; the target `*` takes the members of
    the object the transformation gives. A `required` rule that writes
    nothing although its condition holds is reported as missing. `note` is for the reader.
    """

    source: str
    target: str
    using: str = "text"
    codes: str = ""
    when: When | None = None
    constant: Scalar = None
    required: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The mapping of one thing to another: rules in order, the first to write an address wins.

    `structural` lists source addresses which only carry structure (set ids, value types): they
    count as accounted for, though nothing is written from them.
    """

    source: str
    target: str
    rules: tuple[Rule, ...]
    structural: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """The name of the table in documents: `OBX[Observation]`."""
        return f"{self.source}[{self.target}]"


def specialize(table: Table, path: str, value: str) -> Table:
    """Return the table as it is where the path holds the value: rules ruled out are gone.

    Conditions on the path are decided once here instead of at every run; others stay.
    """
    rules = [
        replace(rule, when=None if decided else rule.when)
        for rule in table.rules
        if (decided := _decide(rule.when, path, value)) is not False
    ]
    return replace(table, rules=tuple(rules))


def _decide(condition: When | None, path: str, value: str) -> bool | None:
    """Return what the condition is for the value, None where it asks something else."""
    match condition:
        case Is(asked, values) if asked == path:
            return value in values
        case Not(inner):
            decided = _decide(inner, path, value)
            return None if decided is None else not decided
    return None


def describe(condition: When | None) -> str:
    """Return the condition in words, for documents: `OBX-2 is NM or SN`."""
    return "" if condition is None else _words(condition)


def _words(condition: When) -> str:
    match condition:
        case Is(path, values):
            words = f"{path} is {' or '.join(values)}"
        case Valued(path):
            words = f"{path} is valued"
        case Empty(path):
            words = f"{path} is empty"
        case Not(inner):
            words = f"not ({_words(inner)})"
        case AllOf(parts):
            words = " and ".join(_words(part) for part in parts)
        case AnyOf(parts):
            words = " or ".join(_words(part) for part in parts)
    return words
