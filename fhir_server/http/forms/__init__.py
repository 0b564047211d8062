"""The shapes of request bodies that are not FHIR: JSON of the configuration API."""

from fhir_server.http.forms.feed import FEED_ID, FeedSchema, read_feed
from fhir_server.http.forms.partner import PARTNER_ID, PartnerSchema, read_partner

__all__ = [
    "FEED_ID",
    "PARTNER_ID",
    "FeedSchema",
    "PartnerSchema",
    "read_feed",
    "read_partner",
]
