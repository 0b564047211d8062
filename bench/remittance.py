"""`python -m bench.remittance [claims]`: an 835 posted into the store, claims a second.

The claims are in the database as sent, two lines each; the remittance pays them all, 17 segments a
claim, and is taken in as if it had arrived: kept, judged, posted, acknowledged. Beside the rate
stand what only judging the file takes, bare inserts of as many bodies of responses, 250 a commit,
and the memory of the process before and at most. Each database is measured in a process of its
own, whose collector is set as in a server's. The machine may be shared: processor time tells more
than time on the clock.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.limit import CREATE
from fhir_server.billing import STEPS
from fhir_server.billing.remittance import PART
from fhir_server.billing.state import in_state
from fhir_server.cli.process import keep_for_good
from fhir_server.db.engine import Database
from fhir_server.db.migrate import upgrade
from fhir_server.intake.x12 import receive
from fhir_server.interactions.transaction import execute
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create, Wish
from mappers.x12.check import check
from tests.acceptance.claims import intake, professional_claim
from tests.postgresql import private_server

CLAIMS = 10_000
GROUP = 500
CONTEXT = Context()


def remittance(count: int) -> bytes:
    """Return an 835 that pays this many claims, 17 segments each."""
    head = (
        "ISA*00*          *00*          *ZZ*CHP01          *ZZ*PARITY         *261110*0900*^*00501"
        "*000000001*0*T*:~GS*HP*CHP01*PARITY*20261110*0900*1*X*005010X221A1~ST*835*0001~"
        f"BPR*I*{count * 125}*C*ACH*CCP*01*999999992*DA*1*1999999999**01*999988880*DA*2*20261110~"
        "TRN*1*BENCH1*1999999999~DTM*405*20261110~N1*PR*Cascade Health Plan~N3*1 Plaza~"
        "N4*Port Alder*WA*983680001~PER*BL*Desk*TE*8005550100~N1*PE*Harbor*XX*1999000015~LX*1~"
    )
    body = "".join(_claim(number) for number in range(count))
    end = f"SE*{count * 17 + 11}*0001~GE*1*1~IEA*1*000000001~"
    return (head + body + end).encode()


def _claim(number: int) -> str:
    return (
        f"CLP*B{number}*1*200.5*125*20*12*ICN{number}*11*1~NM1*QC*1*QUILL*NORA****MI*CHP100200399~"
        "NM1*82*1*OKAFOR*ADAEZE****XX*1999000114~DTM*232*20261102~DTM*233*20261102~"
        f"SVC*HC:90834*145*80**1~DTM*472*20261102~CAS*CO*45*45~CAS*PR*3*20~REF*6R*B{number}-1~"
        f"AMT*B6*100~SVC*HC:90785*55.5*45**1~DTM*472*20261102~CAS*CO*45*10.5~REF*6R*B{number}-2~"
        "AMT*B6*45~LQ*HE*N130~"
    )


@contextmanager
def _runtime(url: str) -> Iterator[Runtime]:
    database = Database.open(url)
    upgrade(database)
    database.close()
    runtime = Runtime.build(
        Settings(database_url=url, post_strangers=True), lambda: datetime.now(UTC)
    )
    try:
        yield runtime
    finally:
        runtime.store.database.close()


def _fill(runtime: Runtime, count: int) -> None:
    runtime.store.transact(CONTEXT, lambda work: execute(intake(), work, runtime))
    for start in range(0, count, GROUP):
        wishes: list[Wish] = [_sent(number) for number in range(start, min(start + GROUP, count))]
        runtime.store.transact(CONTEXT, partial(_apply, wishes))


def _apply(wishes: list[Wish], work: UnitOfWork) -> None:
    work.apply(wishes)


def _sent(number: int) -> Create:
    return Create("Claim", in_state(professional_claim(f"B{number}"), "sent"), f"b{number}")


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds on the clock and of the processor, of judging and of bare inserts; megabytes."""

    seconds: float
    processor: float
    judged: float
    bare: float
    before: int
    most: int


def measured(url: str, count: int) -> Figures:
    """Return the figures of one database."""
    data = remittance(count)
    with _runtime(url) as runtime:
        _fill(runtime, count)
        started = time.process_time()
        check(data, "bench")
        judged = time.process_time() - started
        keep_for_good()
        before = _memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        started, at = time.process_time(), time.perf_counter()
        taken = receive(data, "bench.835", runtime, CONTEXT, STEPS)
        seconds, processor = time.perf_counter() - at, time.process_time() - started
        if taken.state != "applied":
            raise SystemExit(f"the remittance was not applied: {taken.state}")
        most = _memory("VmHWM")
        with runtime.store.read(CONTEXT) as reader:
            body = next(reader.bodies("ClaimResponse")).decode()
    return Figures(seconds, processor, judged, _bare(url, body, count), before, most)


def _memory(name: str) -> int:
    """Return a size of this process in megabytes, as the kernel tells it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(one.split()[1]) for one in lines if one.startswith(name)) // 1024


def _bare(url: str, body: str, count: int) -> float:
    """Return the seconds for as many rows of a body and nothing else, 250 a commit."""
    database = Database.open(url)
    with database.session() as session:
        session.run(CREATE)
        mark = "%s" if session.dialect == "postgresql" else "?"
        started = time.perf_counter()
        for start in range(0, count, PART):
            session.begin()
            rows = ((number, body) for number in range(start, min(start + PART, count)))
            session.run_many(f"INSERT INTO bare VALUES ({mark}, {mark})", rows)
            session.commit()
        seconds = time.perf_counter() - started
    database.close()
    return seconds


def main(count: int) -> None:
    """Measure on both databases and print a line each."""
    with tempfile.TemporaryDirectory() as folder:
        _tell("SQLite", f"sqlite:///{Path(folder) / 'bench.db'}", count)
    with private_server(durable=True) as server:
        _tell("PostgreSQL", server.create_database("remittance"), count)


def _tell(name: str, url: str, count: int) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.apply(measured, (url, count))
    print(
        f"{name:<10} {count:,} claims in {found.seconds:.1f} s: {count / found.seconds:,.0f}"
        f" claims/s; {count / found.processor:,.0f} a second of the processor, judging"
        f" {count / found.judged:,.0f}; bare inserts {count / found.bare:,.0f}/s; {found.before} MB"
        f" before, {found.most} MB at most",
        flush=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CLAIMS)
