"""Every interaction served: on resources by their own table, and bundles, which know operations.

HTTP goes by this table, and so does the worker for requests that are answered later.
"""

from functools import partial

from fhir_server.interactions.bundle import bundle_runner
from fhir_server.interactions.table import RESOURCE_INTERACTIONS, Interaction
from fhir_server.operations import OPERATIONS, find_operation

RUN_BUNDLE = bundle_runner(partial(find_operation, OPERATIONS))
INTERACTIONS = (
    Interaction("transaction", "system", "POST", "", RUN_BUNDLE),
    Interaction("batch", "system", "POST", "", RUN_BUNDLE),
    *RESOURCE_INTERACTIONS,
)
BY_PLACE = {(row.place, row.method): row for row in INTERACTIONS}
