"""How the payer behaves, as data: rules by claim number, member and payer; the first that fits.

A scenario is a JSON file:

    {"rules": [
        {"claim": "STORY-1", "times": 1, "status": "A7:453:85"},
        {"claim": "STORY-1", "deny": {"2": ["CO", "197", "N54"]}, "reverse": true},
        {"member": "EVM*", "acknowledge": {"segment": "CLM", "element": 5, "code": "7"}},
        {"payer": "CHP01", "eligible": false, "review": "A4"}
    ]}

`claim`, `member` and `payer` are glob patterns; `times` lets a rule hold for so many submissions
of a claim. A claim no rule fits is answered by the payer's policy.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import msgspec

from profiles.typed import TypedReader


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a 999 says a set is wrong: the first segment of this id, element and IK403 code."""

    segment: str = "CLM"
    element: int = 1
    code: str = "7"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is done with the claims and questions that fit.

    `acknowledge` refuses the set by 999; `status` is the STC triplet of the 277CA (A3, A6, A7 and
    A8 reject, P pends); `deny` are group, CARC and RARC by line number or `*`; `allow` what is
    allowed by line; `reverse` pays once, takes that back and pays by policy in a second 835;
    `takeback` is withheld by PLB; `malformed` spoils the 835; `silent` answers nothing; `delay` is
    in seconds; `eligible` and `review` (HCR01) answer real-time questions.
    """

    claim: str = "*"
    member: str = "*"
    payer: str = "*"
    times: int = 0
    acknowledge: Fault | None = None
    status: str = ""
    deny: dict[str, list[str]] = field(default_factory=dict)
    allow: dict[str, Decimal] = field(default_factory=dict)
    reverse: bool = False
    takeback: Decimal = Decimal(0)
    malformed: Literal["", "truncated", "nonsense"] = ""
    silent: bool = False
    delay: float = 0.0
    eligible: bool = True
    review: str = "A1"

    def fits(self, claim: str, member: str, payer: str) -> bool:
        """Tell whether the rule is about a claim or question."""
        pairs = ((claim, self.claim), (member, self.member), (payer, self.payer))
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)

    @property
    def is_rejected(self) -> bool:
        """Whether the 277CA rejects."""
        return self.status[:2] in {"A3", "A6", "A7", "A8"}

    @property
    def is_pended(self) -> bool:
        """Whether the claim waits and is not paid."""
        return self.status[:1] == "P"


PLAIN = Rule()


@dataclass
class Scenario:
    """The rules, and how often each claim was submitted so far."""

    rules: tuple[Rule, ...] = ()
    seen: Counter[str] = field(default_factory=Counter)

    def submitted(self, claim: str, member: str, payer: str) -> Rule:
        """Return the rule for one more submission of a claim."""
        self.seen[claim] += 1
        return self.rule(claim, member, payer)

    def rule(self, claim: str, member: str, payer: str) -> Rule:
        """Return the rule for a claim or question as it stands."""
        for one in self.rules:
            if one.fits(claim, member, payer) and not 0 < one.times < self.seen[claim]:
                return one
        return PLAIN


@dataclass(frozen=True, slots=True)
class _File:
    rules: tuple[Rule, ...] = ()


_FILE = TypedReader(_File)


def read_scenario(path: Path) -> Scenario:
    """Return the scenario of a JSON file. Raises SystemExit, naming what is wrong."""
    try:
        return Scenario(_FILE.decode(path.read_bytes()).rules)
    except (OSError, msgspec.DecodeError) as error:
        raise SystemExit(f"{path}: {error}") from None


def scenario_of(rules: object) -> Scenario:
    """Return the scenario of rules as JSON has them."""
    return Scenario(_FILE.decode(json.dumps({"rules": rules})).rules)
