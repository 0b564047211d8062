"""The payer's desk: files from an outbox answered into an inbox, the answered ones put away."""

import time
from datetime import datetime
from pathlib import Path

from demo.payer.answer import answers, delay_of
from demo.payer.scenario import Scenario
from fhir_server.transport.directory import arrivals, release, settle, stage


def answer_waiting(
    outbox: Path, inbox: Path, now: datetime, scenario: Scenario | None = None
) -> int:
    """Answer every file waiting in the outbox; return how many there were.

    A file whose scenario says so is left until its delay is over.
    """
    count = 0
    scenario = scenario or Scenario()
    for arrival in arrivals(outbox):
        data = arrival.read()
        if time.time() - arrival.path.stat().st_mtime < delay_of(data, scenario):
            continue
        for answer in answers(data, arrival.name, now, scenario):
            stage(inbox, answer.name, answer.data)
            release(inbox, answer.name)
        settle(arrival)
        count += 1
    return count
