"""Remittances of senders that are no partners: not posted before a person says that they may be.

Anybody may send money's paper; only a partner is known to pay. Such a remittance is a draft with
work about it, and is posted by `PaymentReconciliation/{id}/$post`. What a person takes in at the
command line is theirs to know; the setting `post_strangers` posts what comes from anybody.
"""

from fhir_server.billing.posting import Posting
from fhir_server.billing.reconciling import TYPE, set_aside_as
from fhir_server.billing.work_queue import task_id
from fhir_server.billing.worklist import complete
from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, partners
from fhir_server.store.exchanges import Effect
from fhir_server.store.unit_of_work import UnitOfWork

WORK = "unknown-sender"
REASON = "its sender is no partner: add the partner, or see that the money came, and call $post"
OPERATOR = "command-line"


def is_stranger(exchange: int, payment: str, runtime: Runtime, context: Context) -> bool:
    """Tell whether a remittance waits for a person: of no partner, and not let in yet."""
    if runtime.settings.post_strangers or context.client == OPERATOR:
        return False
    with runtime.store.read(context) as reader:
        facts = exchanges.get(reader, exchange).facts
        known = partners.all_partners(reader)
        if any((one.other.id, one.own.id) == (facts.sender, facts.receiver) for one in known):
            return False
        asked = reader.current("Task", task_id(WORK, f"{TYPE}/{payment}"))
    return asked is None or asked.deleted or decode(asked.body)["status"] != "completed"


def ask_about(posting: Posting, work: UnitOfWork, runtime: Runtime) -> Effect:
    """Set a remittance aside until a person says that it may be posted."""
    return set_aside_as(WORK, posting, (REASON,), work, runtime)


def let_in(id: str, context: Context, runtime: Runtime) -> Version:
    """Let a remittance that waits be posted: its file is taken up again by the worker.

    Returns the draft. Raises NotFound; Conflict for one that does not wait for this.
    """

    def action(work: UnitOfWork) -> Version:
        known = work.lock(TYPE, id)
        if known is None or known.deleted:
            raise NotFound(f"{TYPE}/{id} is not known")
        asked = work.current("Task", task_id(WORK, f"{TYPE}/{id}"))
        came = [
            one
            for one in exchanges.of_resource(work, TYPE, id)
            if one.direction == "in" and one.state == "set-aside"
        ]
        if asked is None or decode(asked.body)["status"] != "requested" or not came:
            raise Conflict(f"{TYPE}/{id} does not wait to be posted")
        complete(WORK, f"{TYPE}/{id}", "", "let in by a person", work)
        exchanges.set_state(work, came[-1].id, "received")
        return known

    return runtime.store.transact(context, action)
