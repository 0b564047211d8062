"""Modifiers that ask terminology: `:in`, `:not-in`, `:above` and `:below` of token parameters.

Source: https://hl7.org/fhir/R4/search.html#token. They are answered while the search is read, so
that the database compares with the codes meant, however many, in one test.
"""

from collections.abc import Sequence

from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.escape import split, unescape
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.terminology.source import Codes, Relation, Terminology

MEMBERSHIP = frozenset({"in", "not-in"})
RELATIONS: dict[str, Relation] = {"above": "above", "below": "below"}
CONCEPTS = MEMBERSHIP | RELATIONS.keys()
NEGATED = frozenset({"not", "not-in"})
"""Modifiers of resources that have none of the values."""
CODED = frozenset({"code", "Coding", "CodeableConcept"})


def codes_asked(
    texts: Sequence[str], modifier: str, parameter: Parameter, options: Options
) -> Codes:
    """Return the codes that a terminology modifier asks for, of all alternatives together.

    Raises BadRequest, NotSupported, and what `Terminology` raises.
    """
    if CODED.isdisjoint(source.type for source in parameter.sources):
        raise NotSupported(f"{parameter.code} has no codes of a code system to ask :{modifier} of")
    terminology = options.terminology
    if terminology is None:
        raise NotSupported(f"{parameter.code}:{modifier} is not supported here")
    found: dict[str, frozenset[str]] = {}
    for text in texts:
        if modifier in MEMBERSHIP:
            codes = terminology.members(_local(unescape(text), options.base))
        else:
            codes = _related(text, RELATIONS[modifier], parameter, terminology)
        for system, some in codes.items():
            found[system] = found.get(system, frozenset()) | some
    return found


def _local(canonical: str, base: str) -> str:
    """Return a value set of this server as `ValueSet/id`, any other as it is."""
    return canonical[len(base) + 1 :] if base and canonical.startswith(base + "/") else canonical


def _related(
    text: str, relation: Relation, parameter: Parameter, terminology: Terminology
) -> Codes:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) == 1 and len(parameter.systems) == 1:
        parts.insert(0, next(iter(parameter.systems)))
    if len(parts) != 2 or not all(parts):
        raise BadRequest(f"{parameter.code}:{relation} takes system|code")
    system, code = parts
    return {system: terminology.related(system, code, relation)}
