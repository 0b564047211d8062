"""The payer's desk: files from an outbox answered into an inbox, the answered ones put away."""

from datetime import datetime
from pathlib import Path

from demo.payer.answer import answers
from fhir_server.transport.directory import arrivals, release, settle, stage


def answer_waiting(outbox: Path, inbox: Path, now: datetime) -> int:
    """Answer every file waiting in the outbox; return how many there were."""
    count = 0
    for arrival in arrivals(outbox):
        for answer in answers(arrival.read(), arrival.name, now):
            stage(inbox, answer.name, answer.data)
            release(inbox, answer.name)
        settle(arrival)
        count += 1
    return count
