"""The URL of a bundle entry, read as the interaction it asks for.

Source: https://hl7.org/fhir/R4/bundle.html#bundle-unique and http.html#transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fhir_server.interactions.content import ID
from fhir_server.outcome import BadRequest, NotFound


@dataclass(frozen=True, slots=True)
class Address:
    """What a relative URL names: `Patient/1`, `Patient?name=x`, `Patient/1/_history/2`.

    `query` is what follows the question mark, None when there is no question mark. `tail` holds
    the segments after type and id: `_history`, a version, an operation.
    """

    type: str | None = None
    id: str | None = None
    tail: tuple[str, ...] = ()
    query: str | None = None

    @property
    def name(self) -> str:
        """`Patient/1` or `Patient`."""
        return f"{self.type}/{self.id}" if self.id else str(self.type)

    @property
    def operation(self) -> str | None:
        """The name of the operation called, without its sign."""
        last = self.tail[-1] if len(self.tail) == 1 else ""
        return last[1:] if last.startswith("$") else None

    @property
    def version(self) -> int | None:
        """The version named, None where none is. Raises NotFound for what is no version."""
        return version_number(self.tail[1]) if len(self.tail) == 2 else None

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The pairs of the query in order, percent-decoded. Raises BadRequest."""
        return query_pairs(self.query or "")


def version_number(text: str) -> int:
    """Return the number of a version in a URL. Raises NotFound for what no version has."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise NotFound("no such version")
    return int(text)


def query_pairs(query: str) -> tuple[tuple[str, str], ...]:
    """Return the pairs of a query in order, percent-decoded. Raises BadRequest."""
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=1000))
    except ValueError:
        raise BadRequest("the query is not percent-encoded UTF-8 of at most 1000 pairs") from None


def parse_address(url: str, base: str, is_type: Callable[[str], bool]) -> Address:
    """Return what a URL names, absolute below our base or relative to it.

    Raises BadRequest for a URL that is not one of this server, NotFound for an unknown type.
    """
    path, mark, query = url.removeprefix(base).lstrip("/").partition("?")
    segments = tuple(segment for segment in path.split("/") if segment)
    if "://" in path or path.startswith("urn:"):
        raise BadRequest("an entry's request.url must be relative to this server's base")
    asked = query if mark else None
    if not segments or not segments[0][0].isalpha():
        return Address(tail=segments, query=asked)
    type_name, *rest = segments
    if not is_type(type_name):
        raise NotFound(f"{type_name[:64]} is not a resource type of R4")
    if not rest or rest[0][0] in "_$":
        return Address(type_name, tail=tuple(rest), query=asked)
    if ID.fullmatch(rest[0]) is None:
        raise BadRequest("an id is 1 to 64 letters, digits, hyphens and dots")
    return Address(type_name, rest[0], tuple(rest[1:]), asked)
