"""FHIR Claims to one transaction set 837 (professional, institutional, dental).

Claims of one billing provider share its level, those of one subscriber theirs, in the order in
which they are given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12 import coverage_table, party_table
from mappers.fhir_x12.claim_kind import kind_of
from mappers.fhir_x12.claim_level import Level, MappedClaim, claim_set, submitter_problems
from mappers.fhir_x12.claim_loop import ClaimLoop
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.memo import Memo
from mappers.fhir_x12.modifier import AS_TOLD, Habit
from mappers.fhir_x12.party import Parties, parties
from mappers.fhir_x12.prepare import patient_facts
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.program import with_program
from mappers.fhir_x12.provider import (
    at_payer,
    holder,
    taxonomy_of,
)
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import Notes
from mappers.fhir_x12.system import extension
from mappers.path import JsonObject
from mappers.x12.tree import Node, Seg, node

_BILLING_LEVEL, _BILLING = LoopRun(party_table.BILLING_LEVEL), LoopRun(party_table.BILLING)
_PAY_TO, _PAY_TO_PLAN = LoopRun(party_table.PAY_TO), LoopRun(party_table.PAY_TO_PLAN)
_SUBSCRIBER_LEVEL = LoopRun(coverage_table.SUBSCRIBER_LEVEL)
_SUBSCRIBER_FACTS = LoopRun(coverage_table.SUBSCRIBER_AS_PATIENT)
_SUBSCRIBER, _ABOUT = LoopRun(party_table.SUBSCRIBER), LoopRun(party_table.ABOUT_SUBSCRIBER)
_ABOUT_HOLDER = LoopRun(party_table.ABOUT_HOLDER)
_DEMOGRAPHICS = getter(f"{extension('holder-demographics')}.valueBoolean")
_PAYER, _AT_PAYER = LoopRun(party_table.PAYER), LoopRun(party_table.PROVIDER_AT_PAYER)
_PATIENT_LEVEL, _PATIENT = LoopRun(coverage_table.PATIENT_LEVEL), LoopRun(party_table.PATIENT)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A claim with the resources it refers to, by `Type/id` (see `reference.missing`)."""

    claim: JsonObject
    resources: Mapping[str, JsonObject]
    habit: Habit = AS_TOLD
    memo: Memo = field(default_factory=Memo)


def map_claim(gathered: Gathered) -> MappedClaim:
    """Return the claim as X12. Raises NotMappable with every problem at once."""
    found, problems = parties(gathered.claim, gathered.resources, gathered.memo)
    mapper = _Mapper(gathered, found)
    mapped = mapper.mapped()
    problems += [one for one in mapper.problems if _is_new(one, problems)]
    if problems:
        raise NotMappable(problems)
    return mapped


def claim_837(
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    exchange: Exchange,
    habit: Habit = AS_TOLD,
) -> Node:
    """Return the transaction set of one claim, for the writer. Raises NotMappable."""
    problems: list[Problem] = []
    try:
        mapped = map_claim(Gathered(claim, resources, habit))
    except NotMappable as error:
        problems += error.problems
        mapped = None
    found, _ = parties(claim, resources)
    if found.provider:
        problems += submitter_problems(exchange, found.provider)
    if problems or mapped is None:
        raise NotMappable(problems)
    return claim_set([mapped], exchange)


def _is_new(problem: Problem, known: Sequence[Problem]) -> bool:
    """Tell whether the problem is more than a reference already known to lead nowhere."""
    return all(
        problem.path != one.path and not problem.path.startswith(f"{one.path}.") for one in known
    )


class _Mapper:
    """One claim on its way to X12; collects the problems of all its loops."""

    def __init__(self, gathered: Gathered, found: Parties) -> None:
        self.problems: list[Problem] = []
        self._claim = gathered.claim
        self._memo = gathered.memo
        self._found = found
        self._kind = kind_of(gathered.claim)
        claim = with_program(gathered.claim, found.coverage, self._kind)
        self._loop = ClaimLoop(
            claim,
            found,
            self._kind,
            gathered.resources,
            self.problems,
            gathered.habit,
            gathered.memo,
        )

    def mapped(self) -> MappedClaim:
        """Return the claim and its levels."""
        own = self._found.patient_is_subscriber
        return MappedClaim(
            self._kind,
            self._found.provider,
            self._memo.made(
                ("billing",),
                (self._found.provider, self._found.payee),
                self.problems,
                self._billing,
            ),
            self._subscriber(own=own),
            None if own else self._patient(),
            self._loop.node(),
        )

    def _write(self, run: LoopRun, subject: JsonObject) -> list[Seg]:
        return run.write(subject, Notes(run.spec.id, run.spec.subject, self.problems))

    def _node(self, run: LoopRun, subject: JsonObject) -> Node:
        return node(run.spec.id, self._write(run, subject))

    def _billing(self) -> Level:
        provider = self._found.provider
        loops = [self._node(_BILLING, provider)]
        if "payTo" in provider:
            loops.append(self._node(_PAY_TO, {**provider, "address": provider["payTo"]}))
        if self._found.payee:
            loops.append(self._node(_PAY_TO_PLAN, self._found.payee))
        level = self._write(_BILLING_LEVEL, {"taxonomy": taxonomy_of(provider)})
        return Level(tuple(level), tuple(loops))

    def _subscriber(self, *, own: bool) -> Level:
        """Return the subscriber's level; what is told of the patient only where it is the same."""
        found = self._found
        coverage = found.coverage
        level = self._write(
            _SUBSCRIBER_LEVEL, {**coverage, "patientIsSubscriber": "18"} if own else coverage
        )
        subscriber = holder(found.subscriber, coverage)
        name = self._write(_SUBSCRIBER, subscriber)
        if own:
            level += self._write(_SUBSCRIBER_FACTS, patient_facts(self._claim, found.patient))
            name += self._write(_ABOUT, subscriber)
        elif _DEMOGRAPHICS(coverage):
            name += self._write(_ABOUT_HOLDER, subscriber)
        parties = (found.payer, found.provider)
        payer = self._memo.made(("payer",), parties, self.problems, self._payer)
        return Level(tuple(level), (node("2010BA", name), payer))

    def _payer(self) -> Node:
        found = self._found
        segments = self._write(_PAYER, found.payer)
        segments += self._write(_AT_PAYER, at_payer(found.provider, found.payer))
        return node("2010BB", segments)

    def _patient(self) -> Level:
        found = self._found
        facts = patient_facts(self._claim, found.patient)
        level = self._write(_PATIENT_LEVEL, {**found.coverage, **facts})
        return Level(tuple(level), (self._node(_PATIENT, found.patient),))
