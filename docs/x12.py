"""What is done with each X12 transaction set: read, written, judged, mapped. Rows from the code."""

import pkgutil
from collections.abc import Iterator

from mappers import fhir_x12
from mappers.fhir_x12.maps import MAPS
from mappers.x12.grammar import Guide, Loop
from mappers.x12.rules.book import RULES
from mappers.x12.sets import GUIDES

HEAD = (
    "kind",
    "name",
    "set",
    "group",
    "written",
    "read too",
    "loops",
    "segment uses",
    "SNIP",
    "mapped",
)

NOTES = """
## How to read the table

- *written*: the version in GS08 and ST03 of what we write; *read too*: versions accepted beside it.
- *SNIP*: 1 syntax, 2 guide, 3 balance, 4 situation, 5 code sets, 6 behavioral health, 7 what a
  partner asks (an overlay in its configuration).
- *mapped*: to FHIR and back, element by element under [mappings](mappings); *both ways* is counted
  by `parity x12 fidelity`, a module named instead maps without being counted there.
- *2 as warnings*: public sources leave the structure of the guide open, so what breaks it does not
  reject a file that is read; it is still refused when written.
- `820` and `834` are read and judged; a practice sends none.
- TA1 is a segment of the interchange, outside any set: judged by its own row (`interchange_ta1`).

## How guides are told apart

By GS08 or ST03, then by ST01. Where request and response share both (278), the second segment
decides: the guide whose BHT it fits, or fits best. A set without any version is judged by the guide
of its ST01 and BHT; an 837 without a version is judged as professional.

## What is read in spite of its form

| in the file | what is done |
| --- | --- |
| any terminator and separators, several interchanges each with its own | taken from each ISA |
| ISA11 `U` or blank | nothing repeats |
| ISA without its fixed widths | its sixteen separators are counted; finding, TA1 022 |
| byte order mark, blanks before segments, NUL and Ctrl-Z at the end | kept, noted as a warning |
| no ISA, or no GS | segments are judged in an envelope without header; finding, TA1 024 |
| BIN and BDS with bytes of any kind | cut by the stated length; a wrong length is a finding |
| the first segment of a loop is missing | one finding; what follows is placed in the loop |
| a segment out of its order | placed where it belongs; warning |
| a qualifier the guide does not know | placed at the only use it can mean; finding |
| a file that breaks off | what is there is judged; finding; nothing of a broken set is applied |

Whatever the bytes, reading gives a verdict, raises nothing, and the segments joined are the bytes
again. `X12_FUZZ=50000 pytest tests/property/x12/test_fuzz.py` spoils the examples of all guides
50,000 times; when last run (November 2026) each was judged, explained, read as a stream and
answered: 44,991 rejected, 1,862 accepted with errors, 3,147 accepted, unharmed by
the change.
"""


def coverage_rows() -> Iterator[tuple[str, ...]]:
    """Yield one row a guide, in the order of the table of guides."""
    for guide in GUIDES:
        loops, segments = _size(guide.root)
        yield (
            f"`{guide.kind}`",
            guide.name,
            guide.set_id,
            guide.functional_id,
            f"`{guide.version}`",
            ", ".join(f"`{one}`" for one in guide.versions[1:]),
            str(loops),
            str(segments),
            levels(guide),
            mapped(guide),
        )


def levels(guide: Guide) -> str:
    """Return the SNIP types that a guide is judged by; overlays (7) may be put on any."""
    ruled = {rule.level for rule in RULES if guide.kind in rule.kinds}
    first = "1-2" if guide.is_certain else "1, 2 as warnings"
    return ", ".join([first, *(str(level) for level in sorted(ruled)), "7"])


def mapped(guide: Guide) -> str:
    """Return whether a guide is mapped both ways and counted, or which module maps it."""
    if any(trip.guide is guide for trip in MAPS):
        return "both ways"
    word = guide.kind.partition("-")[0]
    names = (info.name for info in pkgutil.iter_modules(fhir_x12.__path__))
    return ", ".join(f"`{name}`" for name in names if word in name.split("_"))


def _size(loop: Loop) -> tuple[int, int]:
    """Return how many loops and segment uses a guide has, a shared loop at each of its places."""
    loops, segments = 1, 0
    for item in loop.items:
        if isinstance(item, Loop):
            inner = _size(item)
            loops, segments = loops + inner[0], segments + inner[1]
        else:
            segments += 1
    return loops, segments
