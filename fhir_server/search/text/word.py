"""Words: runs of letters and digits, without case and accents; the same on both databases.

Scripts that do not part their words (Chinese, Japanese) give a word for each character, so that
a run of them is found as a phrase.
"""

import re

from fhir_server.search.fold import fold

LONGEST = 100
"""Characters of a word that count."""
RUN = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in order."""
    return tuple(word[:LONGEST] for word in RUN.findall(fold(text)))
