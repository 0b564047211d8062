"""SMART scopes: what a client may do with which resource type.

Source: https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html. `system/Patient.rs`
is read and search on Patient; the older `system/*.read` and `system/*.write` mean `rs` and `cud`.
Search parameters in a scope (`?category=...`) are not understood, so such a scope is refused
rather than widened.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Permission = Literal["c", "r", "u", "d", "s"]
PERMISSIONS: tuple[Permission, ...] = ("c", "r", "u", "d", "s")
ANY_TYPE = "*"
OLDER_FORMS: Mapping[str, str] = MappingProxyType({"read": "rs", "write": "cud", "*": "cruds"})
_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)")


class BadScope(ValueError):
    """The text is not a scope this server grants."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One granted scope: a resource type, or `*` for every type, and its permissions."""

    type: str
    permissions: frozenset[str]

    def __str__(self) -> str:
        letters = "".join(letter for letter in PERMISSIONS if letter in self.permissions)
        return f"system/{self.type}.{letters}"

    def covers(self, other: "Scope") -> bool:
        """Whether all that the other scope allows is allowed by this one."""
        return self.type in (ANY_TYPE, other.type) and other.permissions <= self.permissions


def parse_scope(text: str) -> Scope:
    """Return the scope a text such as `system/Patient.rs` means. Raises BadScope."""
    match = _SCOPE.fullmatch(text)
    if match is None or not match[2]:
        raise BadScope(f"not a scope of this server: {text[:80]}")
    return Scope(match[1], frozenset(OLDER_FORMS.get(match[2], match[2])))


def parse_scopes(text: str) -> tuple[Scope, ...]:
    """Return the scopes of a space-separated list. Raises BadScope."""
    return tuple(parse_scope(one) for one in text.split())


@lru_cache(maxsize=1024)
def _grants(scopes: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    grants: dict[str, frozenset[str]] = {}
    for text in scopes:
        scope = parse_scope(text)
        grants[scope.type] = grants.get(scope.type, frozenset()) | scope.permissions
    return MappingProxyType(grants)


def granted_types(scopes: tuple[str, ...], permission: str) -> frozenset[str] | None:
    """Return the types these scopes allow a permission on; None for every type. Raises BadScope."""
    grants = _grants(scopes)
    if permission in grants.get(ANY_TYPE, ()):
        return None
    return frozenset(type for type, permissions in grants.items() if permission in permissions)


def is_granted(scopes: tuple[str, ...], type: str, permission: str) -> bool:
    """Whether these scopes allow this permission on this type.

    The type `*` asks for every type at once, which only a `*` scope grants. Raises BadScope.
    """
    grants = _grants(scopes)
    return permission in grants.get(ANY_TYPE, ()) or permission in grants.get(type, ())
