"""Answer claims with a 277CA built from findings: each claim accepted or rejected, and why.

What SNIP 3 to 7 find is told here and not in a 999: by the claim it belongs to, with a status a
biller's system understands. A finding above the claims (payer, subscriber, billing provider)
rejects every claim below it; one of the batch itself rejects them all.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from mappers.x12.claim_verdict import (
    ACCEPTED,
    CLAIM,
    LEVELS,
    REFUSED,
    Errors,
    Verdict,
    claim_verdict,
    clean,
    named,
    status,
)
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode, Node, Seg, node, seg


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: the payer (`PR`) or a clearinghouse (`AY`), and how it is known."""

    name: str
    id: str
    kind: str = "PR"
    id_kind: str = "PI"


def answerer_of(root: LoopNode, payer: str) -> Answerer:
    """Return who a set of claims was sent to (1000B): the payer of this id, or a clearinghouse."""
    receiver = root.child("1000B")
    name = receiver.first("NM1") if receiver is not None else None
    id = (name.element(9) if name is not None else "") or payer
    told = (name.element(3) if name is not None else "") or id
    return Answerer(told, id) if id == payer else Answerer(told, id, "AY", "46")


@dataclass(slots=True)
class _Provider:
    """A billing provider and the verdicts on its claims."""

    level: LoopNode
    name: Segment | None
    verdicts: list[Verdict] = field(default_factory=list)


class ClaimAcknowledgment:
    """The 277CA to one set of claims, made while its claims are read one by one.

    `findings` are those of the set by syntax, guide and rules.
    """

    def __init__(self, findings: Iterable[Finding], received: date) -> None:
        self._errors = Errors(findings)
        self._day = received.strftime("%Y%m%d")
        self._providers: list[_Provider] = []
        self._submitter: Segment | None = None
        self._batch = ""
        self._asked = Answerer("", "")

    def take(self, claim: LoopNode, above: Sequence[LoopNode]) -> bool:
        """Judge a claim under its loops, the root first; say whether it is accepted."""
        verdict = claim_verdict(claim, above, self._errors, self._day)
        level = next((one for one in above if one.id == "2000A"), above[0])
        if not self._providers:
            self._head(above)
        if not self._providers or self._providers[-1].level is not level:
            biller = level.child("2010AA")
            name = biller.first("NM1") if biller is not None else None
            self._providers.append(_Provider(level, name))
        self._providers[-1].verdicts.append(verdict)
        return verdict.is_accepted

    def _head(self, above: Sequence[LoopNode]) -> None:
        root = above[0]
        payers = (level.child("2010BB") for level in above)
        payer = next((one.first("NM1") for one in payers if one is not None), None)
        self._asked = answerer_of(root, payer.element(9) if payer is not None else "")
        sender, batch = root.child("1000A"), root.first("BHT")
        self._submitter = sender.first("NM1") if sender is not None else None
        self._batch = batch.element(3) if batch is not None else ""

    @property
    def is_empty(self) -> bool:
        """Whether no claim was taken: there is nothing to answer then."""
        return not self._providers

    def root(self, trace: str, answerer: Answerer | None = None) -> Node:
        """Return the 277CA (its root loop); `trace` names the answer (TRN02, BHT03).

        Without an answerer it is the one the claims were sent to.
        """
        day = self._day
        payer = node("2100A", [_party(answerer or self._asked)])
        batch = node(
            "2200A",
            [seg("TRN", "1", trace), seg("DTP", "050", "D8", day), seg("DTP", "009", "D8", day)],
        )
        levels = [seg("HL", 1, None, "20", "1")]
        root = node("2000A", levels, [payer, batch, self._submitter_level()])
        return node("277", [seg("BHT", "0085", "08", trace, day, "0000", "TH")], [root])

    def _submitter_level(self) -> Node:
        verdicts = [each for one in self._providers for each in one.verdicts]
        number = 3
        loops: list[Node] = []
        for one in self._providers:
            loops.append(_provider_level(one, number))
            number += 1 + len(one.verdicts)
        name = self._submitter
        told = [
            seg("TRN", "2", clean(self._batch, 50) or "0"),
            _whole(verdicts, self._day),
            *_counts(verdicts, "90", "AA"),
        ]
        return node(
            "2000B",
            [seg("HL", 2, 1, "21", "1" if loops else "0")],
            [
                node("2100B", [named("41", name, "46", name.element(9) if name else "")]),
                node("2200B", told),
                *loops,
            ],
        )


def claim_acknowledgment(
    one: TransactionSet,
    findings: Iterable[Finding],
    answerer: Answerer,
    received: date,
    trace: str,
) -> Node:
    """Return the 277CA (its root loop) that answers one whole set of claims."""
    made = ClaimAcknowledgment(findings, received)
    for claim, above in claims_of(one.root):
        made.take(claim, above)
    return made.root(trace, answerer)


def claims_of(
    node: LoopNode, above: tuple[LoopNode, ...] = ()
) -> Iterator[tuple[LoopNode, tuple[LoopNode, ...]]]:
    """Yield the claims of a set with the loops they stand in, the root first."""
    inner = (*above, node)
    for child in node.children:
        if child.id == CLAIM:
            yield child, inner
        elif child.id in LEVELS:
            yield from claims_of(child, inner)


def _provider_level(one: _Provider, number: int) -> Node:
    told = one.name.element(9) if one.name is not None else ""
    return node(
        "2000C",
        [seg("HL", number, 2, "19", "1")],
        [
            node("2100C", [named("85", one.name, "XX", told)]),
            node(
                "2200C",
                [
                    seg("TRN", "1", "0"),
                    _whole(one.verdicts, ""),
                    *_counts(one.verdicts, "QA", "QC"),
                ],
            ),
            *(
                node(
                    "2000D",
                    [seg("HL", number + at, number, "PT")],
                    [node("2100D", [verdict.patient]), verdict.status],
                )
                for at, verdict in enumerate(one.verdicts, 1)
            ),
        ],
    )


def _whole(verdicts: Sequence[Verdict], day: str) -> Seg:
    """Return the verdict on a batch: refused where every claim of it is."""
    is_refused = bool(verdicts) and not any(one.is_accepted for one in verdicts)
    charge = sum((one.charge for one in verdicts), Decimal(0))
    told, action = (REFUSED, "U") if is_refused else (ACCEPTED, "WQ")
    return status(told, day, action, charge)


def _counts(verdicts: Sequence[Verdict], accepted: str, rejected: str) -> Iterator[Seg]:
    """Yield how many claims are accepted and rejected, then their charges."""
    good = [one for one in verdicts if one.is_accepted]
    bad = [one for one in verdicts if not one.is_accepted]
    for qualifier, some in ((accepted, good), (rejected, bad)):
        if some:
            yield seg("QTY", qualifier, len(some))
    for qualifier, some in (("YU", good), ("YY", bad)):
        if some:
            yield seg("AMT", qualifier, sum((one.charge for one in some), Decimal(0)))


def _party(answerer: Answerer) -> Seg:
    name = (answerer.kind, "2", clean(answerer.name, 60) or "PAYER")
    return seg("NM1", *name, *[None] * 4, answerer.id_kind, clean(answerer.id, 80))
