"""What the authorization server can do, for clients to read.

Source: https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known. Only what works
is listed.
"""

from fhir_server.auth.token import GRANT_TYPE

AUTHENTICATION = ["client_secret_basic", "client_secret_post"]


def smart_configuration(base: str) -> dict[str, str | list[str]]:
    """Return the SMART configuration; `base` is scheme and host of the server."""
    return {
        "issuer": base,
        "token_endpoint": f"{base}/auth/token",
        "revocation_endpoint": f"{base}/auth/revoke",
        "introspection_endpoint": f"{base}/auth/introspect",
        "token_endpoint_auth_methods_supported": AUTHENTICATION,
        "grant_types_supported": [GRANT_TYPE],
        "scopes_supported": ["system/*.cruds", "system/*.rs", "system/*.read", "system/*.write"],
        "capabilities": ["client-confidential-symmetric", "permission-v1", "permission-v2"],
    }
