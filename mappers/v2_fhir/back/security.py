"""Labels that say who may be told (meta.security), and what a message says of them."""

from mappers.path import JsonObject, read

PART_2 = "42CFRPart2"
PROTECTED = frozenset({PART_2, "R", "V", "ETH", "ETHUD", "SUD", "PSY", "HIV", "SDV"})
"""Codes of v3-Confidentiality and v3-ActCode that ask for more than the usual care."""
RESTRICTED = "R"
"""The code of MSH-8 for a message that holds such a record (table 0177)."""


def labels_of(resource: JsonObject) -> frozenset[str]:
    """Return the codes of the security labels of a resource."""
    return frozenset(x for x in read(resource, "meta.security.code") if isinstance(x, str))
