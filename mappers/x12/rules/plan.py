"""Which rules must look at a loop: chosen once for what loops of its id hold.

Most segments of a file have been seen before: the same services, days, clinicians, payers. A rule
that judges each segment by itself (`Rule.alone`) need not look at a text again that it found sound.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from mappers.x12.lexer import Segment
from mappers.x12.rules.rule import Rule, Test

_MOST_PLANS = 1024
_MOST_TEXTS = 8192
_Known = tuple[str]
"""The id of a segment that was found sound, in brackets: no id of a file is like it."""
_Held = tuple[str | _Known, ...]


class Plan(NamedTuple):
    """The rules for a loop with their tests, and the ids of segments they have not seen yet."""

    tests: Sequence[tuple[Rule, Test]]
    unseen: frozenset[str]


class Sheet:
    """The rules of the loops of one id in one set, and the texts they found sound.

    It is made of the rules in force for the loop, and those of any loop by segment. `plans` holds
    the rules that must look, by what a loop holds: the ids of its segments, in brackets where the
    text is known. Both are forgotten when they grow large, and with the set.
    """

    __slots__ = ("_any", "_own", "_plans", "_sound", "_watched")

    def __init__(self, own: Sequence[Rule], any_loop: Mapping[str, Sequence[Rule]]) -> None:
        self._own = own
        self._any = any_loop
        self._plans: dict[_Held, Plan] = {}
        self._sound: dict[str, _Known] = {}
        rules = (*own, *(rule for some in any_loop.values() for rule in some))
        self._watched = frozenset(id for rule in rules for id in rule.alone)

    def plan(self, segments: Iterable[Segment]) -> Plan:
        """Return what must look at a loop that holds these segments."""
        sound = self._sound
        held: _Held = tuple([sound.get(one[4], one[0]) for one in segments])
        return self._plans.get(held) or self._planned(held)

    def note(self, segments: Iterable[Segment], unseen: frozenset[str]) -> None:
        """Remember that no rule found anything in the first segment of each of these ids."""
        if len(self._sound) > _MOST_TEXTS:
            self._sound.clear()
        left = set(unseen)
        for segment in segments:
            if segment.id in left:
                left.remove(segment.id)
                self._sound[segment.body] = (segment.id,)

    def _planned(self, held: _Held) -> Plan:
        shorter = tuple(dict.fromkeys(held))
        found = self._plans.get(shorter)
        if found is None:
            unseen = self._watched.intersection(one for one in shorter if isinstance(one, str))
            ids = dict.fromkeys(one if isinstance(one, str) else one[0] for one in shorter)
            found = Plan([(rule, rule.test) for rule in self._rules(ids, unseen)], unseen)
        if len(self._plans) > _MOST_PLANS:
            self._plans.clear()
        self._plans[held] = self._plans[shorter] = found
        return found

    def _rules(self, ids: Mapping[str, None], unseen: frozenset[str]) -> Iterator[Rule]:
        for rule in self._own:
            if (not rule.segment or rule.segment in ids) and _must_look(rule, unseen):
                yield rule
        for id in ids:
            yield from (rule for rule in self._any.get(id, ()) if _must_look(rule, unseen))


def _must_look(rule: Rule, unseen: frozenset[str]) -> bool:
    return not rule.alone or not unseen.isdisjoint(rule.alone)
