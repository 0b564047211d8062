"""Be a payer: `python -m demo.payer [OUTBOX INBOX] [--http PORT] [--scenario FILE]`."""

import argparse
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from demo.payer.desk import answer_waiting
from demo.payer.scenario import Scenario, read_scenario
from demo.payer.web import serving


def main() -> None:
    """Answer files and requests until interrupted; files once with `--once`."""
    parser = argparse.ArgumentParser(prog="python -m demo.payer", description=__doc__)
    parser.add_argument("outbox", type=Path, nargs="?", help="where the practice leaves claims")
    parser.add_argument("inbox", type=Path, nargs="?", help="where the practice looks for answers")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve on this port of 127.0.0.1")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="rules of behavior as JSON")
    parser.add_argument("--once", action="store_true", help="answer what is there and end")
    given = parser.parse_args()
    if (given.outbox is None) != (given.inbox is None) or (given.outbox or given.http) is None:
        parser.error("give OUTBOX and INBOX, or --http PORT, or all of them")
    scenario = read_scenario(given.scenario) if given.scenario else Scenario()
    with serving(given.http, scenario) if given.http is not None else nullcontext() as server:
        if server is not None:
            print(f"Payer at http://127.0.0.1:{server.server_port}", flush=True)
        try:
            work(given.outbox, given.inbox, scenario, once=given.once)
        except KeyboardInterrupt:
            return


def work(outbox: Path | None, inbox: Path | None, scenario: Scenario, *, once: bool) -> None:
    """Look for files again and again, or once."""
    while True:
        if outbox is not None and inbox is not None:
            answer_waiting(outbox, inbox, datetime.now(UTC), scenario)
        if once:
            return
        time.sleep(0.2)


if __name__ == "__main__":
    main()
