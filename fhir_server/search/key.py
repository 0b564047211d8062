"""64-bit keys of indexed values: one narrow number finds a value in the index tables.

A key is a hash of (tenant, type, search parameter[, value]); it is the same on every machine and
in every version, because it is stored. Parts are told apart by U+001F, which no FHIR string may
hold (https://hl7.org/fhir/R4/datatypes.html#string). Two values sharing a key are too rare to
matter for a search; who decides by a match (conditional create) checks the body again.
"""

from functools import lru_cache
from hashlib import blake2b

SEPARATOR = "\x1f"
TARGET = "\x1eself"
"""The pseudo-type of keys that name resources rather than values."""
LONGEST_REMEMBERED = 200
"""Characters of a text whose hash is remembered, so that what is remembered stays small."""


def hash_text(text: str) -> int:
    """Return the signed 64-bit hash of a text."""
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _hash(text)


def _hash(text: str) -> int:
    digest = blake2b(_encode(text), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


# most keys of a resource (genders, codes and their systems, cities) are those of others before it
_remembered = lru_cache(maxsize=16_384)(_hash)


def hash_widely(text: str) -> int:
    """Return a 256-bit hash of a text, to tell apart values whose keys are the same."""
    return int.from_bytes(blake2b(_encode(text), digest_size=32).digest(), "big")


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # JSON may hold half a surrogate pair
        return text.encode("utf-8", "surrogatepass")


def prefix(tenant: int, type: str, parameter: str) -> str:
    """Return the text that begins every key of a search parameter of a type."""
    return f"{tenant}{SEPARATOR}{type}{SEPARATOR}{parameter}"


def key(tenant: int, type: str, parameter: str, *value: str) -> int:
    """Return the key of a value of a search parameter; without a value, of the parameter."""
    return hash_text(SEPARATOR.join((prefix(tenant, type, parameter), *value)))


def self_key(tenant: int, type: str, id: str) -> int:
    """Return the key of a resource: what `ix_ref.target` and `resource.self` hold."""
    return hash_text(f"{tenant}{SEPARATOR}{TARGET}{SEPARATOR}{type}{SEPARATOR}{id}")


def url_key(tenant: int, url: str) -> int:
    """Return the key of a target that is named by its URL, not held here by type and id."""
    return hash_text(f"{tenant}{SEPARATOR}{TARGET}{SEPARATOR}{SEPARATOR}{url}")
