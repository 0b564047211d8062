"""Many claims of one partner as one interchange: scrubbed, mapped, written and judged. Pure.

A claim that cannot be sent does not keep the others back: it is refused with its issues.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fhir_server.billing.emission import (
    emit,
    exchange_of,
    guide_for,
    issue_of,
    issues_of,
    judged,
    payer_id,
)
from fhir_server.billing.envelope import envelope_of
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Issue
from mappers.fhir_x12.claim_837 import Gathered, map_claim
from mappers.fhir_x12.claim_kind import kind_of
from mappers.fhir_x12.claim_level import (
    MappedClaim,
    claim_set,
    submitter_problems,
    together,
)
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.memo import Memo
from mappers.fhir_x12.problem import NotMappable
from mappers.x12.writer import SetBody

Claims = Mapping[str, JsonObject]
"""Claims by their id, of one kind (`837P`)."""


@dataclass(frozen=True, slots=True)
class Batched:
    """What became of the claims given: the interchange, ST02 of each claim in it, the refused ones.

    `data` is None when every claim was refused.
    """

    data: bytes | None
    sets: Mapping[str, str]
    refused: Mapping[str, tuple[Issue, ...]]


def by_kind(claims: Claims) -> dict[str, dict[str, JsonObject]]:
    """Return the claims by the guide they are sent in: an interchange has one group of a guide."""
    found: dict[str, dict[str, JsonObject]] = {}
    for id, claim in claims.items():
        found.setdefault(kind_of(claim).guide, {})[id] = claim
    return found


def batch(
    claims: Claims,
    resources: Mapping[str, JsonObject],
    partner: Partner,
    control: int,
    now: datetime,
) -> Batched:
    """Return one interchange of claims of one kind under a control number.

    `resources` are those all of them refer to (`gathering.gather_many`). Each set takes
    `partner.batch.claims_per_set` claims; those of one provider and subscriber share their levels.
    """
    exchange = exchange_of(partner, control, now)
    refused: dict[str, tuple[Issue, ...]] = {}
    mapped: dict[str, MappedClaim] = {}
    memo = Memo()
    for id, claim in claims.items():
        try:
            habit = partner.habit(payer_id(claim, resources) if partner.habits else "")
            mapped[id] = _mapped(Gathered(claim, resources, habit, memo), exchange, now)
        except Invalid as error:
            refused[id] = error.issues
    try:
        return _written(mapped, refused, exchange, partner, control)
    except Invalid:
        alone = _refused_alone(mapped, claims, resources, partner, control, now)
    rest = {id: one for id, one in mapped.items() if id not in alone}
    return _written(rest, refused | alone, exchange, partner, control)


def _mapped(gathered: Gathered, exchange: Exchange, now: datetime) -> MappedClaim:
    """Return a claim as X12. Raises Invalid with every issue."""
    found = issues_of(gathered.claim, gathered.resources, now)
    issues = [one for one in found if one.severity == "error"]
    try:
        mapped = map_claim(gathered)
        issues += [issue_of(one) for one in submitter_problems(exchange, mapped.provider)]
    except NotMappable as error:
        issues += [issue_of(one) for one in error.problems]
    if issues:
        raise Invalid("the claim cannot be submitted", issues=issues)
    return mapped


def _written(
    mapped: Mapping[str, MappedClaim],
    refused: Mapping[str, tuple[Issue, ...]],
    exchange: Exchange,
    partner: Partner,
    control: int,
) -> Batched:
    """Return the interchange of mapped claims, set by set. Raises Invalid."""
    if not mapped:
        return Batched(None, {}, refused)
    ordered = together(mapped)
    size = partner.batch.claims_per_set
    sets: list[SetBody] = []
    places: dict[str, str] = {}
    for number, at in enumerate(range(0, len(ordered), size), 1):
        ids = ordered[at : at + size]
        sets.append(SetBody(f"{number:04d}", claim_set([mapped[id] for id in ids], exchange)))
        places |= dict.fromkeys(ids, f"{number:04d}")
    guide = guide_for(next(iter(mapped.values())).kind.guide)
    data = judged(guide, sets, envelope_of(partner, control, exchange.written))
    return Batched(data, places, refused)


def _refused_alone(
    mapped: Mapping[str, MappedClaim],
    claims: Claims,
    resources: Mapping[str, JsonObject],
    partner: Partner,
    control: int,
    now: datetime,
) -> dict[str, tuple[Issue, ...]]:
    """Return the claims whose text is refused, each written on its own."""
    found: dict[str, tuple[Issue, ...]] = {}
    for id in mapped:
        try:
            emit(claims[id], resources, partner, control, now)
        except Invalid as error:
            found[id] = error.issues
    return found
