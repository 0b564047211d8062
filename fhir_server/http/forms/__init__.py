"""The shapes of request bodies that are not FHIR: JSON of the configuration API."""

from fhir_server.http.forms.partner import PARTNER_ID, PartnerSchema, read_partner

__all__ = ["PARTNER_ID", "PartnerSchema", "read_partner"]
