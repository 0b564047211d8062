"""OAuth errors, as RFC 6749 section 5.2 writes them."""

from typing import Literal

Code = Literal[
    "invalid_request",
    "invalid_client",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_grant_type",
]


class OAuthError(Exception):
    """A token request that is refused: the registered error code and a sentence."""

    def __init__(self, code: Code, description: str) -> None:
        super().__init__(description)
        self.code: Code = code
        self.description = description

    @property
    def status(self) -> int:
        """401 for a client that is not who it says, else 400."""
        return 401 if self.code == "invalid_client" else 400

    def as_json(self) -> dict[str, str]:
        """Return the body of the refusal."""
        return {"error": self.code, "error_description": self.description}
