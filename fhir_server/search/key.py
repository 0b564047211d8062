"""64-bit keys: one narrow number in place of (tenant, type, search parameter, value).

A key is part of what is stored, so it is the same in every process and version. Two values may
share a key with a chance of one in 2**64 a pair.
"""

from hashlib import blake2b

SEPARATOR = "\x1f"
SELF = "_self"
"""Stands for the search parameter in the key of a resource itself, the target of references."""


def key(tenant: int, type: str, parameter: str, *value: str) -> int:
    """Return the signed 64-bit key of a search parameter, or of one of its values."""
    text = SEPARATOR.join((str(tenant), type, parameter, *value))
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def self_key(tenant: int, type: str, id: str) -> int:
    """Return the key of a resource as the target of references."""
    return key(tenant, type, SELF, id)
