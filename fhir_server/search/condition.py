"""From criteria to conditions in SQL, for rows of one type.

A criterion with one key joins its index table, which no resource can enter twice; the others are
tests of a row. The criterion expected to find the fewest resources comes first and may be
gathered as a set; the rest test row by row where their index can be asked for a row, and so do
criteria that find so many that a walk in order soon comes upon matches. What a chain leads to is
selected from `visible` like everything else, and joined by 64-bit keys.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    literal,
    not_,
    select,
    true,
    union_all,
)

from fhir_server.db.tables import ix_date, ix_eq, ix_num, ix_ref, ix_str, ix_words
from fhir_server.model.rest import Context
from fhir_server.search.absence import lacking, outside
from fhir_server.search.disjunction import any_of
from fhir_server.search.query import (
    MANY,
    Absent,
    All,
    Arm,
    Chain,
    Combined,
    Criterion,
    Ids,
    Indexed,
    Missing,
    Not,
    OfTypes,
    Reverse,
    Some,
    Typed,
    Updated,
    rank_of,
)
from fhir_server.search.value import Binds, is_list, one_of
from fhir_server.search.visible import From, Visible, visible

INDEX = {
    "eq": ix_eq,
    "ref": ix_ref,
    "str": ix_str,
    "date": ix_date,
    "num": ix_num,
    "words": ix_words,
}
UNITED = 400
"""Most selections that are made one set; SQLite takes no more than 500 in one statement."""
SET_ONLY = ("str",)
"""Index tables that cannot be asked whether one resource has a row."""
Test = ColumnElement[bool]
Keys = Select[*tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Matching:
    """Where matches come from, the tests they pass, and the key to sort them by."""

    source: From
    tests: tuple[Test, ...]
    rid: ColumnElement[object]


@dataclass(frozen=True, slots=True)
class Conditions:
    """Makes conditions on the rows of one type, or of all (None).

    Constants are bound in the order of `bound`.
    """

    type: str | None
    context: Context
    rows: Visible
    binds: Binds
    looked_up: bool = False
    """Whether rows of an index are looked up resource by resource, whatever their number."""

    @classmethod
    def on(cls, type: str | None, context: Context, binds: Binds) -> "Conditions":
        """Return the conditions on rows of their own."""
        return cls(type, context, visible(type, context), binds)

    def matching(self, criteria: Sequence[Criterion], *, in_order: bool = False) -> Matching:
        """Return the rows that meet all criteria, which are ranked.

        `in_order` says that they are wanted in an order other than by age.
        """
        source: From = self.rows
        rid: ColumnElement[object] = self.rows.c.rid
        tests: list[Test] = []
        sure = any(isinstance(one, Indexed) and one.sure for one in criteria)
        led = sure or any(isinstance(one, Indexed) and one.few for one in criteria)
        each = replace(self, looked_up=sure)
        for place, criterion in enumerate(criteria):
            first = place == 0
            if _joins(criterion, led=led, first=first, in_order=in_order):
                index = INDEX[criterion.value.table].alias()
                source = source.join(index, index.c.rid == self.rows.c.rid)
                rid = index.c.rid if first else rid
                tests.append(criterion.value.where(index.c, self.binds))
            elif isinstance(criterion, Indexed) and criterion.negated and is_list(criterion.value):
                source, test = outside(self._keys_of(criterion), self.rows, source)
                tests.append(test)
            elif isinstance(criterion, Missing) and criterion.missing:
                index = INDEX[criterion.table]
                source, test = lacking(index, next(self.binds), self.rows, source)
                tests.append(test)
            else:
                tests.append(each.holds(criterion, first=first))
        return Matching(source, tuple(tests), rid)

    def holds(self, criterion: Criterion, *, first: bool = False) -> Test:
        """Return the test that a row meets a criterion; the first may be gathered as a set."""
        gathered = first and rank_of(criterion) < MANY
        match criterion:
            case Ids() | Updated() | OfTypes() | Absent():
                return self._own(criterion)
            case Missing():
                return self._presence(criterion)
            case Indexed():
                return self._indexed(criterion, gathered=gathered)
            case All() | Some() | Not() | Typed():
                return self._combined(criterion, gathered=gathered)
            case Chain():
                return self._chain(criterion, gathered=gathered)
            case _:
                return self._reverse(criterion, gathered=gathered)

    def _own(self, criterion: Ids | Updated | OfTypes | Absent) -> Test:
        """Return the test of the row's own columns."""
        rows, binds = self.rows, self.binds
        if isinstance(criterion, OfTypes):
            return one_of(rows.c.type, len(criterion.bound), binds)
        if isinstance(criterion, Ids):
            test = one_of(rows.c.fid, len(criterion.bound), binds)
            return not_(test) if criterion.negated else test
        if isinstance(criterion, Absent):
            bit = rows.c.present.bitwise_and(next(binds))
            return bit == 0 if criterion.missing else bit != 0
        columns = {"lo": rows.c.updated, "hi": rows.c.updated}
        return any_of(one.where(columns, binds) for one in criterion.comparisons)

    def _combined(self, criterion: Combined, *, gathered: bool) -> Test:
        if isinstance(criterion, Typed):
            of_type = self.rows.c.type == literal(criterion.type)
            return and_(of_type, self.holds(criterion.criterion))
        if isinstance(criterion, Not):
            return not_(self.holds(criterion.criterion))
        if isinstance(criterion, All):
            return and_(true(), *(self.holds(one) for one in criterion.criteria))
        if gathered:
            return any_of(self._united(criterion.criteria))
        return any_of(self.holds(one) for one in criterion.criteria)

    def _united(self, criteria: Sequence[Criterion]) -> Iterator[Test]:
        """Yield tests that a row meets some of the criteria, each for as many as make one set."""
        for start in range(0, len(criteria), UNITED):
            some = criteria[start : start + UNITED]
            yield self.rows.c.rid.in_(union_all(*map(self._keys, some)))

    def _keys(self, criterion: Criterion) -> Keys:
        """Return the internal keys of what meets a criterion, to be read as a set."""
        if isinstance(criterion, Indexed) and not criterion.negated:
            return self._keys_of(criterion)
        if isinstance(criterion, Chain):
            return self._referring(criterion)
        if isinstance(criterion, Typed):
            of_type = Conditions(criterion.type, self.context, self.rows, self.binds)
            return of_type._keys(criterion.criterion)
        return self._selected(self.type, criterion, "rid")

    def _keys_of(self, criterion: Indexed) -> Keys:
        """Return the internal keys of the rows that have one of the values."""
        index = INDEX[criterion.value.table].alias()
        return select(index.c.rid).where(criterion.value.where(index.c, self.binds))

    def _selected(self, type: str | None, criterion: Criterion, column: str) -> Keys:
        """Return a column of the rows of a type that meet a criterion."""
        inner = Conditions.on(type, self.context, self.binds)
        found = inner.matching(_parts(criterion))
        return select(inner.rows.c[column]).select_from(found.source).where(*found.tests)

    def _presence(self, criterion: Missing) -> Test:
        index = INDEX[criterion.table]
        present = self.rows.c.rid.in_(select(index.c.rid).where(index.c.key == next(self.binds)))
        return not_(present) if criterion.missing else present

    def _indexed(self, criterion: Indexed, *, gathered: bool) -> Test:
        index = INDEX[criterion.value.table].alias()
        test = criterion.value.where(index.c, self.binds)
        if criterion.negated:
            return ~exists().where(index.c.rid == self.rows.c.rid, test)
        if gathered or criterion.value.table in SET_ONLY or is_list(criterion.value):
            return self.rows.c.rid.in_(select(index.c.rid).where(test))
        if self.looked_up:  # an offset keeps PostgreSQL from reading all rows that pass
            own = select(index.c.rid).where(index.c.rid == self.rows.c.rid, test)
            return own.offset(0).exists()
        return exists().where(index.c.rid == self.rows.c.rid, test)

    def _chain(self, criterion: Chain, *, gathered: bool) -> Test:
        """Return the test that a reference leads to what an arm selects.

        Row by row, the references of the row are followed.
        """
        if gathered or not criterion.arms:
            return self.rows.c.rid.in_(self._referring(criterion))
        reference = ix_ref.alias()
        own = and_(reference.c.key == next(self.binds), reference.c.rid == self.rows.c.rid)
        led = any_of(self._led(arm, reference) for arm in criterion.arms)
        return exists().where(own, led)

    def _referring(self, criterion: Chain) -> Keys:
        """Return the keys of what refers to what the arms select."""
        reference = ix_ref.alias()
        chosen = select(reference.c.rid).where(reference.c.key == next(self.binds))
        if not criterion.arms:
            return chosen.where(false())
        return chosen.where(reference.c.target.in_(union_all(*map(self._targets, criterion.arms))))

    def _targets(self, arm: Arm) -> Keys:
        """Return the keys by which references name what an arm selects."""
        if arm.names is None:
            return self._selected(arm.type, arm.criterion, "self")
        name = ix_ref.alias()
        own = name.c.key == next(self.binds)
        return select(name.c.target).where(
            own, name.c.rid.in_(self._selected(arm.type, arm.criterion, "rid"))
        )

    def _led(self, arm: Arm, reference: From) -> Test:
        """Return the test that a reference names what an arm selects."""
        inner = visible(arm.type, self.context)
        if arm.names is not None:
            name = ix_ref.alias()
            own = and_(name.c.key == next(self.binds), name.c.target == reference.c.target)
            made = Conditions(arm.type, self.context, inner, self.binds)
            found = made.matching(_parts(arm.criterion))
            source = found.source.join(name, name.c.rid == inner.c.rid)
            return exists().select_from(source).where(own, *found.tests)
        made = Conditions(arm.type, self.context, inner, self.binds)
        found = made.matching(_parts(arm.criterion))
        named = inner.c.self == reference.c.target
        return exists().select_from(found.source).where(named, *found.tests)

    def _reverse(self, criterion: Reverse, *, gathered: bool) -> Test:
        reference = ix_ref.alias()
        own = [reference.c.key == next(self.binds)]
        column, named = self.rows.c.self, reference.c.target
        name = ix_ref.alias()
        if criterion.names is not None:
            own.append(name.c.key == next(self.binds))
            column, named = self.rows.c.rid, name.c.rid
        inner = Conditions.on(criterion.arm.type, self.context, self.binds)
        found = inner.matching(_parts(criterion.arm.criterion))
        source = found.source.join(reference, reference.c.rid == inner.rows.c.rid)
        if criterion.names is not None:
            source = source.join(name, name.c.target == reference.c.target)
        if gathered:
            return column.in_(select(named).select_from(source).where(*own, *found.tests))
        return exists().select_from(source).where(*own, named == column, *found.tests)


def _parts(criterion: Criterion) -> tuple[Criterion, ...]:
    return criterion.criteria if isinstance(criterion, All) else (criterion,)


def _joins(criterion: Criterion, *, led: bool, first: bool, in_order: bool) -> TypeGuard[Indexed]:
    """Whether a criterion's index is joined: each resource at most once, and worth starting from.

    What finds many is started from only when its own order is the one asked for. In a search that
    is `led` by what was seen to be few no other is joined, as SQLite might start from that.
    """
    if not isinstance(criterion, Indexed) or criterion.negated or not criterion.value.exact:
        return False
    if led:
        return criterion.few or criterion.sure
    return criterion.rank < MANY or (first and not in_order)
