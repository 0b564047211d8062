"""On what terms a set is judged, and the rules that follow from them."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from mappers.x12.codes.code_list import NO_LISTS, CodeLists
from mappers.x12.findings import Level
from mappers.x12.rules.book import RULES, SUMS
from mappers.x12.rules.overlay import NO_OVERLAY, Overlay
from mappers.x12.rules.plan import Sheet
from mappers.x12.rules.rule import Rule
from mappers.x12.rules.sums import Sum


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a file is judged: highest SNIP level, the partner's overlay, the site's lists.

    `on` is the day the rules are taken from where a set does not tell its own.
    """

    highest: Level = 7
    overlay: Overlay = NO_OVERLAY
    lists: CodeLists = field(default=NO_LISTS, compare=False)
    on: date | None = None


PLAIN = Terms()


@dataclass(frozen=True, slots=True)
class Book:
    """The rules in force for one kind of set on one day, where they are looked up."""

    by_loop: dict[str, tuple[Rule, ...]]
    by_segment: dict[str, tuple[Rule, ...]]
    sums: dict[str, tuple[Sum, ...]]

    def sheet(self, loop: str) -> Sheet:
        """Return the rules of the loops of one id, to be used for one set."""
        return Sheet(self.by_loop.get(loop, ()), self.by_segment)


NO_RULES = Book({}, {}, {})


def book(kind: str, day: date | None, terms: Terms) -> Book:
    """Return the rules of a kind of set on a day."""
    return _book(kind, day, terms.highest, terms.overlay, frozenset(terms.lists.rows))


@lru_cache(maxsize=128)
def _book(
    kind: str, day: date | None, highest: Level, overlay: Overlay, lists: frozenset[str]
) -> Book:
    by_loop: dict[str, tuple[Rule, ...]] = {}
    by_segment: dict[str, tuple[Rule, ...]] = {}
    for rule in overlay.applied(RULES):
        is_asked = kind in rule.kinds and rule.level <= highest and rule.holds(day)
        if is_asked and (not rule.list or rule.list in lists):
            index, key = (by_loop, rule.loop) if rule.loop else (by_segment, rule.segment)
            index[key] = (*index.get(key, ()), rule)
    sums: dict[str, tuple[Sum, ...]] = {}
    for one in SUMS:
        if kind in one.kinds:
            sums[one.loop] = (*sums.get(one.loop, ()), one)
    return Book(by_loop, by_segment, sums)
