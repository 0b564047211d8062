"""Granting scopes: the part of what a client asks for that it may have."""

from collections.abc import Iterable, Sequence

from fhir_server.security.scope import ANY_TYPE, Scope


def narrow_scopes(asked: Iterable[Scope], allowed: Sequence[Scope]) -> tuple[Scope, ...]:
    """Return the part of what is asked that is allowed: RFC 6749 section 3.3 lets us grant less.

    Asking for `system/*.rs` with `system/Patient.cruds` allowed grants `system/Patient.rs`.
    """
    granted: dict[Scope, None] = {}
    for wish in asked:
        for grant in allowed:
            part = _intersect(wish, grant)
            if part is not None:
                granted[part] = None
    return tuple(
        scope for scope in granted if not any(o != scope and o.covers(scope) for o in granted)
    )


def _intersect(one: Scope, other: Scope) -> Scope | None:
    permissions = one.permissions & other.permissions
    if not permissions or (ANY_TYPE not in (one.type, other.type) and one.type != other.type):
        return None
    return Scope(other.type if one.type == ANY_TYPE else one.type, permissions)
