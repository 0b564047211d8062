"""Answer the files of one outbox into one inbox: `python -m demo.payer OUTBOX INBOX`."""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from demo.payer.desk import answer_waiting


def main() -> None:
    """Look for files until interrupted, or once with `--once`."""
    parser = argparse.ArgumentParser(prog="python -m demo.payer", description=__doc__)
    parser.add_argument("outbox", type=Path, help="where the practice leaves its claims")
    parser.add_argument("inbox", type=Path, help="where the practice looks for answers")
    parser.add_argument("--once", action="store_true", help="answer what is there and end")
    arguments = parser.parse_args()
    while True:
        answer_waiting(arguments.outbox, arguments.inbox, datetime.now(UTC))
        if arguments.once:
            return
        time.sleep(0.2)


if __name__ == "__main__":
    main()
