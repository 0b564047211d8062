"""Objects that stay while much comes and goes: a file as it was read, beside what is made of it.

The collector of cyclic garbage would look through all of a large file again and again while its
claims are posted. What is there already is set apart meanwhile.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def set_apart() -> Iterator[None]:
    """Let the collector leave alone what there is now; where blocks overlap, until one ends."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
