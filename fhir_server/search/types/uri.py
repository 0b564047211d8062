"""Uri parameters: compared as they are written.

Source: https://hl7.org/fhir/R4/search.html#uri. A canonical with a version is found with and
without it.
"""

from collections.abc import Callable, Sequence

from fhir_server.model.resource import JsonValue
from fhir_server.outcome import NotSupported
from fhir_server.search.escape import unescape
from fhir_server.search.expression import Source
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.value import Keys, Sink

Index = Callable[[JsonValue, Sink], None]
TYPES = ("uri", "url", "canonical", "oid", "uuid")


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no URIs."""
    if source.type not in TYPES:
        return None
    return lambda value, sink: _index(value, slot, sink, canonical=source.type == "canonical")


def _index(value: JsonValue, slot: Slot, sink: Sink, *, canonical: bool) -> None:
    if not isinstance(value, str):
        return
    sink.eq.append(slot.key(value))
    if canonical and "|" in value:
        sink.eq.append(slot.key(value.partition("|")[0]))


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Keys:
    """Read URIs, each an alternative. Raises NotSupported for a modifier."""
    del options
    if modifier is not None:
        raise NotSupported(f"{parameter.code}:{modifier} is not supported")
    return Keys(tuple(dict.fromkeys(parameter.slot.key(unescape(text)) for text in texts)))
