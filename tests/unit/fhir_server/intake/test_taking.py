"""Units are handed to the step that takes them; what waits for the last commit is bounded."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bench.remittance import remittance as large_remittance
from fhir_server.intake.step import Steps
from fhir_server.intake.survey import blocks, survey
from fhir_server.intake.taking import MOST_WAITING, Part, take_units
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.exchanges import Effect
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.envelope import Interchange, InterchangeHeader, TransactionSet
from mappers.x12.rules.terms import PLAIN
from mappers.x12.sets import CLAIM_837P, PAYMENT_835
from mappers.x12.tree import LoopNode
from tests.unit.mappers.fhir_x12.remit import PAID, remit
from tests.unit.mappers.fhir_x12.scenario import scenario


@dataclass
class Recorder:
    """A tally and taker that remembers what it was given."""

    seen: list[str] = field(default_factory=list)
    waiting: int = 0
    commits: int = 0

    def unit(self, node: LoopNode, above: tuple[LoopNode, ...]) -> None:
        """Remember the number of a payment."""
        del above
        self.seen.append(node.segments[0].element(1))
        self.waiting += 1

    def close(self, one: TransactionSet, header: InterchangeHeader) -> None:
        """End the first reading."""
        del one, header
        self.waiting = 0

    def taker(self, exchange: int, runtime: Runtime, context: Context) -> "Recorder":
        """Begin the second reading."""
        del exchange, runtime, context
        self.seen.clear()
        return self

    def commit(self) -> None:
        """Count commits."""
        self.commits += 1
        self.waiting = 0

    def rest(
        self, received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
    ) -> Effect:
        """Do nothing more."""
        del received, one, work, runtime
        return Effect()


@dataclass(frozen=True)
class Recorded:
    """A step whose tallies are kept."""

    tally: Callable[[], Recorder]


def whole(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Take a set whole."""
    del received, one, work, runtime
    return Effect()


@pytest.fixture
def made() -> list[Recorder]:
    """Return the recorders of a file, one a set."""
    return []


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """Return a runtime whose database nobody opens."""
    folder = tmp_path_factory.mktemp("unopened")
    return Runtime.build(Settings(database_url=f"sqlite:///{folder / 'none.db'}"))


def taken(data: bytes, made: list[Recorder], runtime: Runtime) -> list[Part]:
    """Return what is left of a file once its units were taken."""

    def tally() -> Recorder:
        made.append(Recorder())
        return made[-1]

    steps: Steps = {"TA1": whole, PAYMENT_835.kind: Recorded(tally), CLAIM_837P.kind: whole}
    found = survey(blocks(data), PLAIN, steps)
    return take_units(data, found, steps, 1, runtime, Context())


def test_units_come_in_order_and_other_sets_whole(made: list[Recorder], runtime: Runtime) -> None:
    second = remit(PAID.replace("CASE1", "CASE2"), "92.5", control=32)
    parts = taken(remit(PAID, "92.5") + scenario("secondary").written() + second, made, runtime)
    assert [one.seen for one in made] == [["CASE1"], ["CASE2"]]
    assert [part.one.kind for part in parts if part.one] == ["835", "837P", "835"]
    assert [part.step for part in parts] == [made[0].rest, whole, made[1].rest]
    claims = parts[1].one
    assert claims is not None
    assert list(claims.root.each("2000A"))
    assert all(one.commits == 0 for one in made)


def test_set_that_is_not_whole_is_handed_to_nobody(made: list[Recorder], runtime: Runtime) -> None:
    parts = taken(remit(PAID, "92.5").replace(b"SE*", b"SE*9"), made, runtime)
    assert made[0].seen == ["CASE1"]  # by the first reading alone
    (part,) = parts
    assert part.step is None
    assert part.gap is not None


def test_what_waits_for_the_last_commit_is_bounded(made: list[Recorder], runtime: Runtime) -> None:
    one, two = large_remittance(MOST_WAITING - 50), large_remittance(51)
    parts = taken(one + two.replace(b"000000001", b"000000002"), made, runtime)
    assert [one.commits for one in made] == [0, 1]
    assert len(parts) == 2


def test_file_without_sets_leaves_nothing(made: list[Recorder], runtime: Runtime) -> None:
    assert taken(b"no X12", made, runtime) == []
