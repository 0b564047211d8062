"""Values of a type read by many threads at once, from the first one on."""

import subprocess
import sys

MEET = """
import sys, threading
import msgspec
from profiles.typed import TypedReader

sys.setswitchinterval(1e-6)
MEMBERS = [(f"member{number}", str | None, None) for number in range(8)]
TEXT = b'[["x", "y"], ["z"], ["a", "b", "c", "d", "e", "f", "g", "h", [["q"]]]]'
for _ in range(150):
    Inner = msgspec.defstruct("Inner", MEMBERS, array_like=True, frozen=True)
    parts = ("parts", tuple[Inner, ...], ())
    Row = msgspec.defstruct("Row", [*MEMBERS, parts], array_like=True, frozen=True)
    rows = TypedReader(tuple[Row, ...])
    together = threading.Barrier(8)

    def meet():
        together.wait()
        rows.decode(TEXT)

    threads = [threading.Thread(target=meet) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_a_type_first_met_by_many_threads_is_read() -> None:
    done = subprocess.run([sys.executable, "-c", MEET], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
