"""Who is who: stable ids and conditional matches, so that a message twice makes nothing new.

People, visits and orders are shared with others: they are matched by a business identifier
(`PUT Patient?identifier=...`, `If-None-Exist`). What belongs to the feed alone (reports,
observations, specimens) has an id that is a function of the feed and its key, so the same message
puts the same bodies at the same ids, and an unchanged body makes no version.
"""

from urllib.parse import quote
from uuid import UUID, uuid5

from mappers.path import JsonObject, read

NAMESPACE = UUID("6f0c9bb5-2f0e-5b0a-9f0d-6f1c7f6f3a51")
PREFERRED = ("MR", "PI", "PT", "AN", "")
Key = tuple[str, str]


def stable_id(feed: str, type: str, *key: str) -> str:
    """Return the id of a resource of the feed with the key: the same always."""
    return str(uuid5(NAMESPACE, "\x1f".join((feed, type, *key))))


def identifier_keys(resource: JsonObject) -> list[tuple[str, Key]]:
    """Return the identifiers as (type code, (system, value)), in order."""
    found: list[tuple[str, Key]] = []
    for identifier in read(resource, "identifier"):
        system, value = read(identifier, "system"), read(identifier, "value")
        if system and value:
            type_code = next(iter(read(identifier, "type.coding.code")), "")
            found.append((str(type_code), (str(system[0]), str(value[0]))))
    return found


def chosen_key(resource: JsonObject, preferred: tuple[str, ...] = PREFERRED) -> Key | None:
    """Return the identifier to match by: the best type, then the first sent."""
    keys = identifier_keys(resource)
    for wanted in preferred:
        for type_code, key in keys:
            if type_code == wanted:
                return key
    return keys[0][1] if keys else None


def identifier_query(key: Key) -> str:
    """Return the search that finds the identifier: `identifier=system|value`."""
    return "identifier=" + "%7C".join(quote(_escaped(part), safe="") for part in key)


def _escaped(text: str) -> str:
    """Escape what search values treat as special (https://hl7.org/fhir/R4/search.html#escaping)."""
    for character in "\\,$|":
        text = text.replace(character, f"\\{character}")
    return text


def code_key(resource: JsonObject) -> str:
    """Return the code of a resource as text for a key: system and code, else the wording."""
    code = resource.get("code")
    if not isinstance(code, dict):
        return ""
    codings = code.get("coding")
    if not isinstance(codings, list) or not isinstance(codings[0], dict):
        return str(code.get("text", ""))
    first = codings[0]
    return "|".join(str(first[name]) for name in ("system", "code") if name in first)
