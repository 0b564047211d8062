"""`python -m bench.mllp.large`: one message of 20 MB, and one of 5,000 observations.

Each is sent three times and the fastest is told: seconds until it is stored and acknowledged,
beside the seconds this machine takes to write and sync as many bytes to a file.
"""

import base64
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from bench.mllp.site import Site, ask, resident
from tests.acceptance.messages import oru
from tests.postgresql import private_server

PDF_BYTES = 14_900_000
OBSERVATIONS = 5000


def document(control: str, size: int) -> bytes:
    """Return a result whose report is a PDF of so many bytes, a third more as base64."""
    content = b"%PDF-1.7\n" + random.Random(3).randbytes(size)
    encoded = base64.b64encode(content)
    head = oru(control, patient=f"M{control}", order=f"F{control}", results=1).rstrip(b"\r")
    return head + b"\rOBX|2|ED|PDF^Report^L||^application^pdf^Base64^" + encoded + b"||||||F\r"


def panel(control: str, results: int) -> bytes:
    """Return a result of so many observations."""
    return oru(control, patient=f"M{control}", order=f"F{control}", results=results)


def bare(data: bytes, folder: Path) -> float:
    """Return how many seconds it takes to write and sync the bytes."""
    began = time.perf_counter()
    with (folder / "bare").open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - began


def timed(site: Site, message: bytes) -> float:
    """Return the seconds until the message is acknowledged; it must be accepted."""
    with site.connect() as connection:
        began = time.perf_counter()
        answer = ask(connection, message)
        took = time.perf_counter() - began
    if b"\rMSA|AA|" not in answer:
        raise ValueError("a message was not accepted: " + answer[:400].decode("latin-1"))
    return took


def measure(site: Site, pdf_bytes: int, observations: int, rounds: int) -> list[str]:
    """Return one row for each kind of message."""
    rows = []
    cases = {
        "PDF": [document(f"D{number}", pdf_bytes) for number in range(rounds)],
        "OBX": [panel(f"O{number}", observations) for number in range(rounds)],
    }
    for name, sent in cases.items():
        before = site.memory()
        times = [timed(site, message) for message in sent]
        size = len(sent[0])
        most = resident(site.processes["listener"].pid, "VmHWM") - before
        reference = bare(sent[0], site.folder)
        rows.append(
            f"{name:<5}{size / 1e6:>8.1f} MB{min(times):>8.2f} s{reference:>10.3f} s bare"
            f"{most * 1.048576e6 / size:>8.1f} x its size in memory"
        )
    return rows


def main() -> None:
    """Measure and print."""
    rounds = int((sys.argv[1:] or ["3"])[0])
    with tempfile.TemporaryDirectory() as folder, private_server(durable=True) as database:
        site = Site(database.create_database("large"), Path(folder))
        site.variables = {"PARITY_MLLP_MESSAGE_LIMIT": "25000000"}
        site.initialise()
        site.start("listener")
        try:
            print("\n".join(measure(site, PDF_BYTES, OBSERVATIONS, rounds)))
        finally:
            site.stop()


if __name__ == "__main__":
    main()
