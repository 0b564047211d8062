"""Which criterion of a search leads, for a database that knows no frequencies of values.

The criteria are looked at in the order in which they are expected to find few: the rows of each are
counted, though no further than to FEW. The first that has fewer leads, and the others are tested
for each of its rows. Those that cannot be counted by one short walk in an index are passed over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from sqlalchemy import func, select

from fhir_server.search.condition import INDEX
from fhir_server.search.query import Criterion, Indexed, Query, Updated, rank_of, ranked
from fhir_server.search.statement import Plan, Template, kept, new_binds, weight_of, with_values
from fhir_server.search.types.date import Dates
from fhir_server.search.types.reference import Targets
from fhir_server.search.types.string import Prefixes
from fhir_server.search.value import Keys, Value, is_list

FEW = 150
"""Rows from which a criterion no longer leads: to count and to test so many takes little time."""
SURE = 1
"""Rank below which what cannot be counted leads all the same: `_id`, chains to identifiers."""
LOOKED_UP = ("eq", "ref", "date", "num")
"""Index tables in which a row of a resource is found by the resource."""
SCATTERED = frozenset({"ne", "ap"})
"""Prefixes of dates whose rows do not lie side by side in an index."""


def lead(query: Query, tally: Callable[[Plan], int], matches: Callable[[Query, int], int]) -> Query:
    """Return a query with a criterion marked as `few`, if one is seen to be.

    One that stands alone leads anyway, unless it asks what was changed of late: a client that
    polls. All others of the type would be read through for that, newest first. `tally` counts by a
    statement, `matches` what a query finds, as far as a number.
    """
    criteria = ranked(query.criteria)
    if len(criteria) < 2 and not any(isinstance(one, Updated) for one in criteria):
        return query
    for place, one in enumerate(criteria):
        if _is_counted(one):
            found = tally(plan_look(one))
        elif isinstance(one, Updated) and query.type and not query.order:
            found = matches(replace(query, criteria=(one,)), FEW)
        elif rank_of(one) < SURE:
            return query
        else:
            continue
        if found < FEW:
            return _with(query, criteria, place, replace(one, few=True))
    return query


def _with(query: Query, criteria: Sequence[Criterion], place: int, marked: Criterion) -> Query:
    return replace(query, criteria=(*criteria[:place], marked, *criteria[place + 1 :]))


def steadied(query: Query) -> Query:
    """Return a query of several criteria with one marked as `sure`, if one is.

    A database that plans by frequencies plans such a search once, whatever its values are; to plan
    it each time would cost more than to carry it out.
    """
    criteria = ranked(query.criteria)
    if len(criteria) < 2 or query.order or query.moment or not all(map(_is_plain, criteria)):
        return query
    for place, one in enumerate(criteria):
        if isinstance(one, Indexed) and is_sure(one):
            return _with(query, criteria, place, replace(one, sure=True))
    return query


def _is_plain(criterion: Criterion) -> bool:
    """Whether one look into an index tells if a row meets the criterion."""
    return (
        isinstance(criterion, Indexed)
        and not criterion.negated
        and criterion.value.table in LOOKED_UP
        and not is_list(criterion.value)
    )


def is_sure(criterion: Criterion) -> bool:
    """Whether a criterion finds few whatever its value: an id, an identifier, a patient."""
    if isinstance(criterion, Indexed) and isinstance(criterion.value, Targets):
        return criterion.value.narrow and not criterion.negated
    is_open = isinstance(criterion, Indexed) and criterion.value.open
    return rank_of(criterion) <= 0 and not is_open


def plan_look(criterion: Indexed) -> Plan:
    """Return the statement that counts the rows of a criterion as far as FEW."""
    return with_values(_look(_Look(criterion.shape, criterion.value)), criterion.bound)


def _is_counted(criterion: Criterion) -> TypeGuard[Indexed]:
    """Whether the rows of a criterion lie side by side in an index, value by value."""
    if not isinstance(criterion, Indexed) or criterion.negated:
        return False
    value = criterion.value
    match value:
        case Keys():
            return not value.many
        case Dates(comparisons=(one,)):
            return one.prefix not in SCATTERED
        case Prefixes(beginnings=(_,)) | Targets():
            return True
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Look:
    """A value equal to every other whose SQL differs in constants only."""

    shape: object
    value: Value = field(compare=False)

    @property
    def weight(self) -> int:
        """How large the statement is."""
        return weight_of(self.shape)


@kept
def _look(look: _Look) -> Template:
    index = INDEX[look.value.table].alias()
    rows = select(index.c.rid).where(look.value.where(index.c, new_binds()))
    return Template(select(func.count()).select_from(rows.limit(FEW).subquery()))
