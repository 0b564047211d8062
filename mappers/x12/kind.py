"""The kinds of transaction sets rules and overlays name, as `grammar.Guide.kind` does."""

PROFESSIONAL, INSTITUTIONAL, DENTAL = "837P", "837I", "837D"
CLAIMS: tuple[str, ...] = (PROFESSIONAL, INSTITUTIONAL, DENTAL)
REVIEWS: tuple[str, ...] = (
    "278-request",
    "278-response",
    "278-inquiry",
    "278-inquiry-response",
)
