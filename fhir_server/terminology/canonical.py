"""Canonicals with versions, and which of several versions is meant.

Source: https://hl7.org/fhir/R4/references.html#canonical. Without a version the latest is meant:
of those not retired the one with the highest version, its numbers compared as numbers.
"""

import re
from collections.abc import Mapping

from fhir_server.terminology.source import text
from profiles.terminology import Json

PART = re.compile(r"(\d+)|([^\d.\-_]+)")


def split_canonical(canonical: str) -> tuple[str, str]:
    """Return URL and version of a canonical; the version is empty without one."""
    url, _, version = canonical.partition("|")
    return url.partition("#")[0], version


def age(resource: Mapping[str, Json]) -> tuple[bool, list[tuple[int, int, str]]]:
    """Return by what definitions of one URL are ordered, the one that is meant last."""
    return text(resource, "status") != "retired", version_order(text(resource, "version"))


def version_order(version: str) -> list[tuple[int, int, str]]:
    """Return a version as its parts compare: numbers by value and above words."""
    return [
        (1, int(number), "") if number else (0, 0, word) for number, word in PART.findall(version)
    ]
