"""What reading a query depends on besides its text."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fhir_server.terminology.source import Terminology


@dataclass(frozen=True, slots=True)
class Options:
    """Limits of the server and circumstances of one request.

    `now` is in microseconds since 1970; `base` the server's base URL as this client reaches it.
    `near` is the distance in kilometres of a `near` that names none. `lenient` ignores parameters
    that are not known. `readable` and `searchable` are the types whose resources may come along
    with the matches, by `_include` and by `_revinclude`; None: all. Chains lead to the searchable
    ones only. The limits are those of the settings of their names.
    `terminology` answers what modifiers ask of value sets and code systems; None: they are refused.
    `words` is called when a search asks for words, so that those just written are among them; it
    may refuse. None: no words are kept.
    """

    now: int
    base: str = ""
    lenient: bool = False
    page_size: int = 50
    page_limit: int = 1000
    or_limit: int = 2000
    criteria_limit: int = 500
    chain_limit: int = 8
    has_limit: int = 5
    filter_limit: int = 8000
    include_limit: int = 2000
    include_depth: int = 8
    estimate_limit: int = 10_000
    near: int = 50
    readable: frozenset[str] | None = None
    searchable: frozenset[str] | None = None
    words: Callable[[], None] | None = field(default=None, compare=False)
    terminology: Terminology | None = field(default=None, compare=False)
