"""The refusal of what the client of a request may not do."""

from fhir_server.model.rest import Context
from fhir_server.outcome import Forbidden
from fhir_server.security.scope import is_granted

WORDS = {"c": "create", "r": "read", "u": "update", "d": "delete", "s": "search"}


def require(context: Context, type: str, permissions: str) -> None:
    """Refuse an interaction whose letters (of `cruds`) on a type the scopes do not grant.

    Raises Forbidden, which names the first missing permission and the scope that would do.
    """
    for letter in permissions:
        if not is_granted(context.scopes, type, letter):
            raise Forbidden(
                f"the token does not allow {WORDS[letter]} on {type}; "
                f"it would need the scope system/{type}.{letter}",
                detail="insufficient-scope",
            )
