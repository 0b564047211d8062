"""DFT to the lines of a Claim: 60 stories of charges, credits and repeats, to the cent.

A story is the FT1 of its messages in order (`>` begins the next message) and what must come of
them: the lines of the claim as code, modifiers, quantity and price; the Tasks for a person; the
charges that were left as they were stored. All stories run in one database of each kind.
"""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import pytest

from fhir_server.billing.charging import bill
from fhir_server.intake.v2 import receive
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest
from fhir_server.operations.charge import bill_account
from fhir_server.outcome import Invalid
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import exchanges
from hl7.acknowledgment import read_receipt
from mappers.path import read
from tests.conftest import migrate
from tests.integration.intake.message import HERE, found, message, sole

COLUMNS = {"n": 2, "day": 4, "type": 6, "own": 7, "q": 10, "amt": 11, "unit": 12, "dx": 19,
           "by": 20, "code": 25, "mod": 26, "ref": 31, "auth": 39, "rev": 41}  # fmt: skip
BASE = {"day": "20260310", "type": "CG", "q": "1", "dx": "F41.1^^I10C",
        "by": "1999000114^Okafor^Adaeze^^^Dr^^^NPI"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """FT1 as `name=value` pairs, `>` between messages, and what must come of them."""

    name: str
    told: tuple[str, ...]
    lines: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    kept: int = 0


S = Story
CHARGE_150 = "n=T1 code=90834^^C4 amt=150.00"
CHARGE_200 = "n=T2 code=90837^^C4 amt=200.00"
CREDIT_150 = "n=T9 type=CR ref=T1 code=90834 amt=150.00"
LINE_150, LINE_200 = "90834  1 150.00", "90837  1 200.00"
DIFFERS, LOST, INCOMPLETE = "charge-differs", "credit-without-charge", "charge-incomplete"
STORIES = (
    S("one-charge", (CHARGE_150,), (LINE_150,)),
    S("two-charges", (CHARGE_150, CHARGE_200), (LINE_150, LINE_200)),
    S("two-messages", (CHARGE_150, ">", CHARGE_200), (LINE_150, LINE_200)),
    S("units", ("n=T1 code=H0015^^HCPCS q=3 amt=450.00",), ("H0015  3 450.00",)),
    S("unit-price-alone", ("n=T1 code=H0015 q=3 unit=33.33",), ("H0015  3 99.99",)),
    S("half-unit", ("n=T1 code=90834 q=0.5 unit=99.99",), ("90834  0.5 50.00",)),
    S("cents-of-thirds", ("n=T1 code=90834 q=3 amt=100.00",), ("90834  3 100.00",)),
    S("no-quantity", ("n=T1 code=90834 q= amt=80",), ("90834  1 80",)),
    S("no-charge-for-it", ("n=T1 code=90834 amt=0.00",), ("90834  1 0.00",)),
    S("large-amount", ("n=T1 code=90834 amt=1234567.89",), ("90834  1 1234567.89",)),
    S("one-cent", ("n=T1 code=90834 amt=0.01",), ("90834  1 0.01",)),
    S("sum-of-tenths", ("n=T1 code=90834 amt=0.10", "n=T2 code=90837 amt=0.20"),
      ("90834  1 0.10", "90837  1 0.20")),
    S("modifier", ("n=T1 code=90834 mod=95 amt=150.00",), ("90834 95 1 150.00",)),
    S("modifiers-in-order", ("n=T1 code=90834 mod=HJ~95~GT amt=150.00",),
      ("90834 HJ,95,GT 1 150.00",)),
    S("own-code-beside", ("n=T1 own=PSY50^Session^L code=90834 amt=150.00",), (LINE_150,)),
    S("own-code-alone-is-cpt", ("n=T1 own=90834 amt=150.00",), (LINE_150,)),
    S("empty-type", ("n=T1 type= code=90834 amt=150.00",), (LINE_150,)),
    S("lower-case-type", ("n=T1 type=cg code=90834 amt=150.00",), (LINE_150,)),
    S("stay", ("n=T1 code=H2036 day=20260310^20260312 q=3 amt=900.00",), ("H2036  3 900.00",)),
    S("revenue-code", ("n=T1 code=H0015 rev=0905 amt=300.00",), ("H0015  1 300.00",)),
    S("reversed-whole", (CHARGE_150, ">", CREDIT_150)),
    S("reversed-same-number", (CHARGE_150, ">", "n=T1 type=CR code=90834 amt=150.00")),
    S("reversed-same-message", (CHARGE_150, CREDIT_150)),
    S("reversed-before-in-message", (CREDIT_150, CHARGE_150)),
    S("reversed-cd", (CHARGE_150, ">", "n=T9 type=CD ref=T1 code=90834 amt=150.00")),
    S("reversed-minus", (CHARGE_150, ">", "n=T9 type=CR ref=T1 code=90834 q=-1 amt=-150.00")),
    S("reversed-by-minus-charge", (CHARGE_150, ">", "n=T9 ref=T1 code=90834 q=-1 amt=-150.00")),
    S("reversed-one-of-two", (CHARGE_150, CHARGE_200, ">", CREDIT_150), (LINE_200,)),
    S("reversed-in-part", ("n=T1 code=H0015 q=3 amt=450.00", ">",
                           "n=T9 type=CR ref=T1 code=H0015 q=1 amt=150.00"), ("H0015  2 300.00",)),
    S("reversed-twice-in-part", ("n=T1 code=H0015 q=3 amt=100.00", ">",
      "n=T8 type=CR ref=T1 code=H0015 amt=33.33", "n=T9 type=CR ref=T1 code=H0015 amt=33.33"),
      ("H0015  1 33.34",)),
    S("reversed-by-code-and-day", (CHARGE_150, ">", "n=T9 type=CR code=90834 amt=150.00")),
    S("reversed-and-charged-anew", (CHARGE_150, ">", CREDIT_150,
                                    "n=T3 code=90834 amt=140.00"), ("90834  1 140.00",)),
    S("reversal-sent-again", (CHARGE_150, ">", CREDIT_150, ">",
                              CREDIT_150), kept=1),
    S("credit-alone", ("n=T9 type=CR ref=T0 code=90834 amt=150.00",), tasks=(LOST,)),
    S("credit-of-another-day", (CHARGE_150, ">",
      "n=T9 type=CR code=90834 day=20260311 amt=150.00"), (LINE_150,), (LOST,)),
    S("credit-of-another-code", (CHARGE_150, ">", "n=T9 type=CR code=90837 amt=150.00"),
      (LINE_150,), (LOST,)),
    S("credit-that-fits-two", (CHARGE_150, "n=T2 code=90834 mod=76 amt=150.00", ">",
      "n=T9 type=CR code=90834 amt=150.00"), (LINE_150, "90834 76 1 150.00"), (LOST,)),
    S("credit-beyond-the-charge", (CHARGE_150, ">", "n=T9 type=CR ref=T1 code=90834 amt=151.00")),
    S("same-message-twice", (CHARGE_150, "="), (LINE_150,)),
    S("same-charge-in-another-message", (CHARGE_150, ">", CHARGE_150), (LINE_150,), kept=1),
    S("same-charge-thrice", (CHARGE_150, ">", CHARGE_150, ">", CHARGE_150), (LINE_150,), kept=1),
    S("same-number-other-price", (CHARGE_150, ">", "n=T1 code=90834 amt=175.00"), (LINE_150,),
      (DIFFERS,), 1),
    S("same-number-other-code", (CHARGE_150, ">", "n=T1 code=90837 amt=150.00"), (LINE_150,),
      (DIFFERS,), 1),
    S("same-number-other-day", (CHARGE_150, ">", "n=T1 code=90834 day=20260311 amt=150.00"),
      (LINE_150,), (DIFFERS,), 1),
    S("same-number-other-units", (CHARGE_150, ">", "n=T1 code=90834 q=2 amt=150.00"), (LINE_150,),
      (DIFFERS,), 1),
    S("difference-told-once", (CHARGE_150, ">", "n=T1 code=90834 amt=175.00", ">",
                               "n=T1 code=90834 amt=175.00"), (LINE_150,), (DIFFERS,), 1),
    S("two-differences", (CHARGE_150, ">", "n=T1 code=90834 amt=175.00", ">",
                          "n=T1 code=90834 amt=185.00"), (LINE_150,), (DIFFERS, DIFFERS), 1),
    S("repeat-without-number", ("n= code=90834 amt=150.00", "n= code=90834 mod=76 amt=150.00"),
      (LINE_150, "90834 76 1 150.00")),
    S("no-number-same-message-twice", ("n= code=90834 amt=150.00", "="), (LINE_150,)),
    S("no-number-two-days", ("n= code=90834 amt=150.00", ">",
      "n= code=90834 day=20260317 amt=150.00"), (LINE_150, LINE_150)),
    S("payment", (CHARGE_150, "n=P1 type=PY own=CASH amt=20.00"), (LINE_150,), ("payment",)),
    S("copayment", (CHARGE_150, "n=P1 type=CO own=COPAY amt=25.00"), (LINE_150,), ("copayment",)),
    S("adjustment", (CHARGE_150, "n=P1 type=AJ own=WO amt=-50.00"), (LINE_150,), ("adjustment",)),
    S("payment-sent-again", (CHARGE_150, "n=P1 type=PY amt=20.00", ">", "n=P1 type=PY amt=20.00"),
      (LINE_150,), ("payment",)),
    S("unknown-type", (CHARGE_150, "n=P1 type=ZZ amt=20.00"), (LINE_150,), ("unknown",)),
    S("payment-alone", ("n=P1 type=PY amt=20.00",), tasks=("payment",)),
    S("no-code", (CHARGE_150, "n=T2 amt=10.00"), (LINE_150,), (INCOMPLETE,)),
    S("no-price", (CHARGE_150, "n=T2 code=90837"), (LINE_150,), (INCOMPLETE,)),
    S("price-that-is-none", (CHARGE_150, "n=T2 code=90837 amt=12,50"), (LINE_150,), (INCOMPLETE,)),
    S("authorized", ("n=T1 code=90834 amt=150.00 auth=AUTH7",), (LINE_150,)),
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Runtime]:
    """Return a runtime on one database of each kind, for all stories."""
    folder: Path = tmp_path_factory.mktemp(f"charge_{request.param}")
    variables = {"PARITY_DATA_DIR": str(folder / "var")}
    if request.param == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), folder / "charge.db")
        variables["PARITY_DATABASE_URL"] = f"sqlite:///{folder / 'charge.db'}"
    else:
        server = request.getfixturevalue("postgresql")
        name = f"test_{uuid.uuid4().hex[:16]}"
        template = server.template("migrated", migrate)
        variables["PARITY_DATABASE_URL"] = server.create_database(name, template)
    built = Runtime.build(Settings.load(variables))
    yield built
    built.store.database.close()
    if request.param == "postgresql":
        server.drop_database(name)


def ft1(place: int, told: str, story: str) -> str:
    """Return a segment from `name=value` pairs; numbers belong to the story."""
    fields = {"own": "", **BASE, **dict(pair.split("=", 1) for pair in told.split())}
    for one in ("n", "ref"):
        fields[one] = f"{story}-{fields[one]}" if fields.get(one) else ""
    by_number = {1: str(place)} | {COLUMNS[name]: value for name, value in fields.items()}
    return "|".join(["FT1", *(by_number.get(at, "") for at in range(1, max(by_number) + 1))])


def messages(story: Story) -> Iterator[bytes]:
    """Yield the messages of a story."""
    runs: list[list[str]] = [[]]
    for one in story.told:
        if one in {">", "="}:
            runs.append([])
        if one == "=":
            runs[-1] = list(runs[-2])
        elif one != ">":
            runs[-1].append(one)
    number = 0
    for before, run in pairwise([[], *runs]):
        number += run != before or "=" not in story.told
        segments = (ft1(at, one, story.name) for at, one in enumerate(run, 1))
        yield message("DFT^P03^DFT_P03", f"{story.name}-{number}", *people(story.name), *segments)


def people(story: str) -> Sequence[str]:
    """Return the patient, visit and insurance of a story."""
    insurance = {1: "1", 2: "GOLD", 3: "60054^^^PAYERS", 4: "Example Health", 16: "Quill^Nora",
                 17: "SEL", 36: f"W{story}"}  # fmt: skip
    return (
        f"PID|1||{story}^^^CLINIC^MR||Quill^Nora||19900412|F" + "|" * 10 + f"{story}^^^CLINIC^AN",
        "PV1|1|O" + "|" * 17 + f"{story}^^^CLINIC^VN",
        "|".join(["IN1", *(insurance.get(at, "") for at in range(1, 37))]),
    )


def lines(claim: JsonObject) -> Iterator[str]:
    """Yield each line of a claim as code, modifiers, quantity and price."""
    for one in read(claim, "item"):
        code, *_ = read(one, "productOrService.coding.code")
        modifiers = ",".join(map(str, read(one, "modifier.coding.code")))
        quantity, price = read(one, "quantity.value")[0], read(one, "net.value")[0]
        yield f"{code} {modifiers} {quantity} {price}"


ON_BOTH = [
    *(pytest.param("sqlite", one, id=f"sqlite-{one.name}") for one in STORIES),
    *(
        pytest.param("postgresql", one, id=f"postgresql-{one.name}")
        for one in STORIES
        if ">" in one.told
    ),
]
"""What meets stored charges is told on both databases, the rest on the quicker one."""


@pytest.mark.parametrize(("shared", "story"), ON_BOTH, indirect=["shared"])
def test_charges_become_the_lines_of_a_claim(story: Story, shared: Runtime) -> None:
    for data in messages(story):
        received = receive(data, shared, HERE, peer="test")
        assert received.reply
        assert read_receipt(received.reply).code == "AA"
    account = sole(found(shared, "Account", identifier=story.name))
    subject = str(read(account, "subject.reference")[0])
    tasks = [
        str(read(one, "code.coding.code")[0]) for one in found(shared, "Task", subject=subject)
    ]
    assert sorted(tasks) == sorted(story.tasks)
    with shared.store.read(HERE) as reader:
        report = exchanges.get(reader, received.exchange).report or {}
    if story.kept:
        assert len(read(report, "kept")) == story.kept
    if not story.lines:
        with pytest.raises(Invalid, match="no charge to be billed"):
            bill(str(account["id"]), HERE, shared)
        return
    claim = bill(str(account["id"]), HERE, shared).claim
    assert list(lines(claim)) == list(story.lines)
    told = (Decimal(one.rsplit(" ", 1)[1]) for one in story.lines)
    assert read(claim, "total.value") == [sum(told, Decimal(0))]
    with pytest.raises(Invalid, match="no charge to be billed"):
        bill(str(account["id"]), HERE, shared)


def test_there_are_sixty_stories() -> None:
    assert len({one.name for one in STORIES}) == len(STORIES) >= 60


@pytest.mark.parametrize("shared", ["sqlite"], indirect=True)
def test_bill_answers_with_the_claim_and_what_looks_like_a_repeat(shared: Runtime) -> None:
    story = Story("answer", (CHARGE_150, "n=T2 code=90834 amt=150.00"))
    for data in messages(story):
        receive(data, shared, HERE)
    account = sole(found(shared, "Account", identifier=story.name))
    request = FhirRequest("POST", HERE, "", "Account", str(account["id"]), operation="bill")
    answer = decode(bill_account(request, shared).body or b"")
    assert read(answer, "parameter.name") == ["return", "issues"]
    claim = read(answer, "parameter[0].resource")[0]
    assert isinstance(claim, dict)
    assert list(lines(claim)) == [LINE_150, LINE_150]
    assert read(answer, "parameter[1].resource.issue.severity") == ["warning"]
    charges = found(shared, "ChargeItem", account=f"Account/{account['id']}")
    assert {str(one["status"]) for one in charges} == {"billed"}
    named = {str(n) for one in charges for n in read(one, "supportingInformation.reference")}
    assert named == {f"Claim/{claim['id']}"}


@pytest.mark.parametrize("shared", ["sqlite"], indirect=True)
def test_credit_after_the_bill_asks_to_correct_the_claim(shared: Runtime) -> None:
    first = Story("late", (CHARGE_150,))
    for data in messages(first):
        receive(data, shared, HERE)
    account = sole(found(shared, "Account", identifier="late"))
    bill(str(account["id"]), HERE, shared)
    credit = ft1(1, CREDIT_150, "late")
    receive(message("DFT^P03^DFT_P03", "late-9", *people("late"), credit), shared, HERE)
    tasks = found(shared, "Task", subject=str(read(account, "subject.reference")[0]))
    assert [read(one, "code.coding.code") for one in tasks] == [["charge-credited"]]


@pytest.mark.parametrize("shared", ["sqlite", "postgresql"], indirect=True)
def test_charge_in_several_messages_at_once_is_one(shared: Runtime) -> None:
    start = Barrier(4)

    def send(number: int) -> int:
        segment = ft1(1, CHARGE_150, "atonce")
        data = message("DFT^P03^DFT_P03", f"atonce-{number}", *people("atonce"), segment)
        start.wait(20)
        received = receive(data, shared, HERE)
        with shared.store.read(HERE) as reader:
            report = exchanges.get(reader, received.exchange).report or {}
        return len(read(report, "kept"))

    with ThreadPoolExecutor(4) as pool:
        kept = sorted(pool.map(send, range(4)))
    assert kept == [0, 1, 1, 1]
    account = sole(found(shared, "Account", identifier="atonce"))
    sole(found(shared, "ChargeItem", account=f"Account/{account['id']}"))
