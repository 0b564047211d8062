"""The overlays of a partner as the codec takes them."""

from collections.abc import Iterable, Mapping

from fhir_server.outcome import Invalid
from mappers.x12.overlays import RULE_IDS, shipped_overlay
from mappers.x12.rules.overlay import NotAnOverlay, Overlay, combined, overlay


def partner_overlay(parts: Iterable[Mapping[str, object]], partner: str) -> Overlay:
    """Return the overlays of a partner as one. Raises Invalid.

    An overlay is its rows, or `{"shipped": "stedi"}` for one that comes with the product.
    """
    try:
        return combined(_one(part) for part in parts)
    except NotAnOverlay as error:
        raise Invalid(f"the overlay of partner {partner} cannot be used: {error}") from None


def _one(part: Mapping[str, object]) -> Overlay:
    name = part.get("shipped")
    return shipped_overlay(str(name)) if name else overlay(part, RULE_IDS)
