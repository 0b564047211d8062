"""Token parameters: codes, codings, identifiers, contact points and flags.

Source: https://hl7.org/fhir/R4/search.html#token. Every token has a row for its code alone, one
for `system|code` (`|code` without a system) and one for `system|`; a bare `code` element has only
the first, its system being known by its binding.

Case: R4 leaves it to the code system and asks for insensitive matching when in doubt. Codes and
contact points are folded, except beside a system known to tell case apart; identifiers, ids and
URIs are exact, because two different ones are two different things.
"""

from collections.abc import Callable, Iterator, Sequence

from fhir_server.model.resource import JsonValue
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.escape import split, unescape
from fhir_server.search.expression import Source
from fhir_server.search.membership import CONCEPTS, codes_asked
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.text.value import Words, read_text_of
from fhir_server.search.value import Keys, Sink
from fhir_server.terminology.source import Codes

Index = Callable[[JsonValue, Sink], None]
CASE_SENSITIVE = frozenset({"http://unitsofmeasure.org"})
SPECIAL_VALUES = "http://hl7.org/fhir/special-values"
CODINGS = ("Coding", "CodeableConcept")
CODED = (*CODINGS, "ContactPoint")
FOLDED = ("code", "string", "boolean", *CODED)
EXACT = ("Identifier", "id", "uri", "url", "canonical", "oid", "uuid")
PLAIN = ("code", "string", "boolean", "id", "uri", "url", "canonical", "oid", "uuid")
OF_TYPE = "of-type"
MODIFIERS = ("not", "text", OF_TYPE, *sorted(CONCEPTS))
SYSTEM_LIMIT = 1000
"""Most codes of a binding that `system|` is answered by."""


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no tokens."""
    if source.type == "Identifier":
        typed = slot.variant(OF_TYPE)
        return lambda value, sink: _identifier(value, slot, typed, sink)
    if source.type == "Coding":
        return lambda value, sink: _pair(value, "system", "code", None, slot, sink)
    if source.type == "CodeableConcept":
        return lambda value, sink: _concept(value, slot, sink)
    if source.type == "ContactPoint":
        return lambda value, sink: _contact(value, slot, sink)
    if source.type in PLAIN:
        fold = source.type in FOLDED
        return lambda value, sink: _plain(value, slot, sink, fold=fold)
    return None


def fold_code(system: str, code: str) -> str:
    """Return a code as it is compared beside its system."""
    return code if system in CASE_SENSITIVE else code.casefold()


def _pair(
    value: JsonValue,
    system_key: str,
    code_key: str,
    spell: Callable[[str], str] | None,
    slot: Slot,
    sink: Sink,
) -> None:
    if not isinstance(value, dict):
        return
    system, code = value.get(system_key), value.get(code_key)
    if not isinstance(system, str):
        system = ""
    if isinstance(code, str):
        sink.eq.append(slot.key(spell(code) if spell else code.casefold()))
        sink.eq.append(slot.key(system, spell(code) if spell else fold_code(system, code)))
    if system and not slot.plain:
        sink.eq.append(slot.key(system, ""))


def _identifier(value: JsonValue, slot: Slot, typed: Slot, sink: Sink) -> None:
    """Index an identifier; one that tells its type has a row for each coding of that."""
    _pair(value, "system", "value", str, slot, sink)
    if slot.plain or not isinstance(value, dict):
        return
    concept, text = value.get("type"), value.get("value")
    codings = concept.get("coding") if isinstance(concept, dict) else None
    if not isinstance(codings, list) or not isinstance(text, str):
        return
    for coding in codings:
        code = coding.get("code") if isinstance(coding, dict) else None
        if isinstance(coding, dict) and isinstance(code, str):
            sink.eq.append(typed.key(str(coding.get("system", "")), code.casefold(), text))


def _concept(value: JsonValue, slot: Slot, sink: Sink) -> None:
    codings = value.get("coding") if isinstance(value, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        _pair(coding, "system", "code", None, slot, sink)


def _contact(value: JsonValue, slot: Slot, sink: Sink) -> None:
    """Index a contact point; both its use and its system may stand before the bar."""
    if not isinstance(value, dict):
        return
    _pair(value, "system", "value", str.casefold, slot, sink)
    if "use" in value:
        _pair(value, "use", "value", str.casefold, slot, sink)


def _plain(value: JsonValue, slot: Slot, sink: Sink, *, fold: bool) -> None:
    if isinstance(value, bool):
        sink.eq.append(slot.key("true" if value else "false"))
    elif isinstance(value, str):
        sink.eq.append(slot.key(value.casefold() if fold else value))


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Keys | Words:
    """Read `code`, `system|code`, `|code` or `system|`, each an alternative.

    With a modifier of terminology they name value sets, or codes of a system; with `of-type` they
    are `system|code|value`, type and value of an identifier. Raises BadRequest.
    """
    if modifier in CONCEPTS:
        coded = codes_asked(texts, modifier, parameter, options)
        return Keys(tuple(dict.fromkeys(_coded_keys(coded, parameter))))
    if modifier == OF_TYPE:
        return Keys(tuple(dict.fromkeys(_of_type(text, parameter) for text in texts)))
    if modifier == "text":
        return read_text_of(texts, parameter, options)
    keys = tuple(dict.fromkeys(key for text in texts for key in _keys(text, parameter)))
    return Keys(keys, open=any(map(_names_a_system, texts)))


def _names_a_system(text: str) -> bool:
    """Whether a text stands for every code of a system: `system|`."""
    parts = split(text, "|")
    return len(parts) == 2 and not parts[1]


def _of_type(text: str, parameter: Parameter) -> int:
    """Return the key of an identifier's type and value: `system|code|value`."""
    if all(source.type != "Identifier" for source in parameter.sources):
        raise NotSupported(f"{parameter.code}:{OF_TYPE} is for identifiers alone")
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) != 3 or not parts[1] or not parts[2]:
        raise BadRequest(f"{parameter.code}:{OF_TYPE} takes system|code|value")
    system, code, value = parts
    return parameter.slot.variant(OF_TYPE).key(system, code.casefold(), value)


def _keys(text: str, parameter: Parameter) -> Iterator[int]:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) > 2 or not any(parts):
        raise BadRequest(f"{parameter.code} takes code, system|code, |code or system|")
    types = {source.type for source in parameter.sources}
    plain = types.issubset(PLAIN)
    if len(parts) == 1:
        yield from _any_system(parts[0], types, parameter)
    elif plain and not parts[0]:
        yield from _any_system(parts[1], types, parameter)
    elif plain:
        yield from _implied(parts[0], parts[1], types, parameter)
    elif not parts[1]:
        yield parameter.slot.key(parts[0], "")
    else:
        yield from _in_system(parts[0], parts[1], types, parameter)


def _any_system(code: str, types: set[str], parameter: Parameter) -> Iterator[int]:
    if not types.isdisjoint(FOLDED):
        yield parameter.slot.key(code.casefold())
    if not types.isdisjoint(EXACT):
        yield parameter.slot.key(code)


def _in_system(system: str, code: str, types: set[str], parameter: Parameter) -> Iterator[int]:
    if "Identifier" in types:
        yield parameter.slot.key(system, code)
    if "ContactPoint" in types:
        yield parameter.slot.key(system, code.casefold())
    if not types.isdisjoint(CODED):
        yield parameter.slot.key(system, fold_code(system, code))


def _coded_keys(coded: Codes, parameter: Parameter) -> Iterator[int]:
    """Yield the keys of codes of systems, of those whose system is known by the binding too."""
    types = {source.type for source in parameter.sources}
    for system, codes in coded.items():
        for code in codes:
            if not types.isdisjoint(CODINGS):
                yield parameter.slot.key(system, fold_code(system, code))
            if "code" in types and (system in parameter.systems or not parameter.systems):
                yield parameter.slot.key(code.casefold())


def _implied(system: str, code: str, types: set[str], parameter: Parameter) -> Iterator[int]:
    """Yield keys for a system that is not written in the element but known by its binding."""
    if "boolean" in types and system == SPECIAL_VALUES:
        yield from _any_system(code, types, parameter)
    known = parameter.systems.get(system)
    if known is None:
        return
    if code:
        yield from _any_system(code, types, parameter)
    elif len(known) > SYSTEM_LIMIT:
        raise NotSupported(f"{parameter.code}: the code system has too many codes for system|")
    else:
        for one in sorted(known):
            yield from _any_system(one, types, parameter)
