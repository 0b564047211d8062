"""Files of NDJSON: stored JSON text, a line a resource, the bytes untouched.

Source: https://hl7.org/fhir/R4/nd-json.html.
"""

from collections.abc import Iterable
from itertools import islice

from fhir_server.store.files import Files

BLOCK = 500
"""Lines written at once."""


def write_lines(files: Files, name: str, texts: Iterable[bytes]) -> int:
    """Write texts that hold no line break, one a line; return how many.

    The file is whole and on disk when this returns; without any text there is no file.
    """
    waiting = iter(texts)
    block = list(islice(waiting, BLOCK))
    if not block:
        return 0
    count = 0
    with files.create(name) as file:
        while block:
            block.append(b"")
            file.write(b"\n".join(block))
            count += len(block) - 1
            block = list(islice(waiting, BLOCK))
    return count
