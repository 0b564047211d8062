"""Claims on their way to the payer and back: pure decisions, and the steps around them."""

from collections.abc import Callable, Mapping

from fhir_server.billing.collecting import COLLECT, collect
from fhir_server.billing.filing import WATCH, start_watch, watch
from fhir_server.billing.intake import STEPS
from fhir_server.billing.sending import SEND, send, send_overdue
from fhir_server.runtime import Runtime
from fhir_server.store.jobs import Job

HANDLERS: Mapping[str, Callable[[Job, Runtime], None]] = {
    SEND: send,
    COLLECT: collect,
    WATCH: watch,
}
"""The jobs of billing by kind."""

__all__ = ["HANDLERS", "STEPS", "send_overdue", "start_watch"]
