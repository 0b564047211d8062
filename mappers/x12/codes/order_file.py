"""The ICD-10-CM order file: fixed columns, codes that may be billed marked by 1.

Columns: 1-5 order, 7-13 code without a dot, 15 whether it may be billed (0: only a heading), 17-76
short words, 78 on long words. Source: the CDC's guide to the file.
"""

import re
from collections.abc import Iterable, Iterator

from mappers.x12.codes.code_list import CodeRow

_LINE = re.compile(r"\d{5} ([A-Z][0-9][0-9A-Z]{1,5}) *(?<=.{13}) ([01]) (.{1,60})")
_CODE, _IS_BILLED, _SHORT = 1, 2, 3


def is_order_file(line: str) -> bool:
    """Tell whether a line is one of the order file."""
    return _LINE.match(line) is not None


def order_rows(lines: Iterable[str]) -> Iterator[CodeRow | None]:
    """Yield the codes that may be billed, line by line; None for a line that is none of the file.

    Headings are no codes a claim may bear and are left out.
    """
    for line in lines:
        found = _LINE.match(line)
        if found is None:
            if line.strip():
                yield None
        elif found[_IS_BILLED] == "1":
            yield CodeRow(found[_CODE], text=found[_SHORT].strip())
