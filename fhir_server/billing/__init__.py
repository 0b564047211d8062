"""Claims on their way to the payer and back: pure decisions, and the steps around them."""

from fhir_server.billing.intake import STEPS
from fhir_server.billing.sending import HANDLERS, send_overdue

__all__ = ["HANDLERS", "STEPS", "send_overdue"]
