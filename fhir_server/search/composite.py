"""Composite parameters: values that stand together in one element.

Source: https://hl7.org/fhir/R4/search.html#composite. Alternatives are parts joined by `$`. Where
the element cannot repeat, each part is asked of the resource's own rows. An element that may
repeat has rows of its own: the second part's, under keys of the first part's values. Of three
parts the last two are numbers, and share one row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.alternative import either
from fhir_server.search.escape import split
from fhir_server.search.kind import rank_value, read_value
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Root
from fhir_server.search.query import Criterion, Indexed, Some, all_of
from fhir_server.search.types.number import Numbers
from fhir_server.search.types.reference import Targets
from fhir_server.search.value import Keys, Value
from fhir_server.search.window import Window

ELEMENTS = 2
"""How many resources values of one element are expected to find, as `kind.RANK` has it."""


def read_composite(texts: Sequence[str], parameter: Parameter, options: Options) -> Criterion:
    """Read parts joined by `$`, each text an alternative. Raises BadRequest, NotSupported."""
    apart: list[Value] = []
    alternatives: list[Criterion] = []
    for text in texts:
        parts = _parts(text, parameter)
        for root in parameter.roots:
            if root.source is None:
                alternatives.append(_own(parts, root, options))
            else:
                apart += _elements(parts, root, parameter.code, options)
    if apart:
        alternatives.append(Indexed(parameter.code, either(apart), rank=ELEMENTS))
    return alternatives[0] if len(alternatives) == 1 else Some(tuple(alternatives))


def _parts(text: str, parameter: Parameter) -> list[str]:
    parts = split(text, "$")
    expected = parameter.roots[0].parts
    if len(parts) != len(expected) or not all(parts):
        form = "$".join(one.code for one in expected)
        raise BadRequest(f"{parameter.code} takes {form}")
    return parts


def _own(parts: Sequence[str], root: Root, options: Options) -> Criterion:
    """Return what is asked of the resource's own rows."""
    values = [
        (one, read_value([text], None, one, options))
        for text, one in zip(parts, root.parts, strict=True)
    ]
    return all_of([Indexed(one.code, value, rank=rank_value(one, value)) for one, value in values])


def _elements(parts: Sequence[str], root: Root, code: str, options: Options) -> Iterator[Value]:
    """Yield what is asked of the rows of elements: one value for each key of the first part."""
    for text, part in zip(parts, root.parts, strict=True):
        if part.type == "token" and text.endswith("|"):
            raise NotSupported(f"{code} takes no system| without a code")
    first, second, *third = root.parts
    for key in _keys(read_value([parts[0]], None, first, options), code):
        slot = root.slot.beside(key)
        value = read_value([parts[1]], None, replace(second, slot=slot), options)
        if not third:
            yield value
            continue
        last = read_value([parts[2]], None, replace(third[0], slot=slot), options)
        if not isinstance(value, Numbers) or not isinstance(last, Numbers):
            raise NotSupported(f"{code}: of three parts the last two have to be numbers")
        yield Window(slot.own_key, value, last)


def _keys(value: Value, code: str) -> tuple[int, ...]:
    """Return the keys of the values of a first part."""
    if isinstance(value, Keys):
        return value.keys
    if isinstance(value, Targets):
        return value.targets
    raise NotSupported(f"{code}: its first part has to be a token, a reference or a URI")
