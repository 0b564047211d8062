"""The table of $operations: a row tells where an operation may be called and what it needs.

Source: https://hl7.org/fhir/R4/operations.html. The OperationDefinitions are in
`profiles/operation`; each operation is a function in a module of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations import (
    charge,
    claim,
    claim_step,
    diff,
    eligibility,
    everything,
    export,
    later,
    meta,
    payment,
    purge,
    reindex,
    review,
    status,
    validate,
)
from fhir_server.operations.unmerge import unmerge
from fhir_server.outcome import MethodNotAllowed, NotFound
from fhir_server.runtime import Runtime

Level = Literal["system", "type", "instance", "version"]
Run = Callable[[FhirRequest, Runtime], FhirResponse]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: `Claim/{id}/$submit` is name `submit`, level `instance`, type `Claim`.

    `types` empty means any resource type (and the system level). `needs` are pairs of resource
    type (`*` for all, empty for the one in the URL) and letters of `cruds` the token must have.
    `definition` is the canonical of the OperationDefinition. `affects_state` operations are called
    by POST only. `also` are methods it answers to besides. The answer of one that
    `shows_resources` may be cut by `_summary` and `_elements`.
    """

    name: str
    levels: tuple[Level, ...]
    types: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    run: Run
    definition: str
    affects_state: bool = True
    also: tuple[str, ...] = ()
    shows_resources: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods it answers to."""
        return (*(("POST",) if self.affects_state else ("GET", "POST")), *self.also)


ADMINISTRATOR = (("*", "cruds"),)
"""What an administrator holds: every letter on every type."""
R4 = "http://hl7.org/fhir/OperationDefinition"
DEFINITION = "https://parity.example/fhir/OperationDefinition"
PAS = "http://hl7.org/fhir/us/davinci-pas/OperationDefinition"
BULK_EXPORT = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "x12",
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "r"),),
        run=claim.show_claim,
        definition=f"{DEFINITION}/claim-x12",
        affects_state=False,
    ),
    Operation(
        "submit",
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "u"),),
        run=claim.submit_claim,
        definition=f"{DEFINITION}/claim-submit",
    ),
    Operation(
        "submit",
        levels=("type",),
        types=("Claim",),
        needs=(("Claim", "c"), ("ClaimResponse", "cu")),
        run=review.submit,
        definition=f"{PAS}/Claim-submit",
        shows_resources=True,
    ),
    Operation(
        "inquire",
        levels=("type",),
        types=("Claim",),
        needs=(("Claim", "r"), ("ClaimResponse", "cu")),
        run=review.inquire,
        definition=f"{PAS}/Claim-inquiry",
        shows_resources=True,
    ),
    Operation(
        "scrub",
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "r"),),
        run=claim.scrub_claim,
        definition=f"{DEFINITION}/claim-scrub",
        affects_state=False,
    ),
    Operation(
        "evidence",
        levels=("instance",),
        types=("Claim",),
        needs=tuple(
            (one, "r")
            for one in (
                "Claim",
                "ClaimResponse",
                "ChargeItem",
                "Encounter",
                "Provenance",
                "PaymentReconciliation",
            )
        ),
        run=claim.show_evidence,
        definition=f"{DEFINITION}/claim-evidence",
        affects_state=False,
    ),
    Operation(
        "bill",
        levels=("instance",),
        types=("Account",),
        needs=(
            *((one, "r") for one in ("Account", "Coverage", "Encounter")),
            ("ChargeItem", "ru"),
            ("Claim", "c"),
        ),
        run=charge.bill_account,
        definition=f"{DEFINITION}/account-bill",
        shows_resources=True,
    ),
    Operation(
        "export",
        levels=("system",),
        types=(),
        needs=(),  # the types asked for, which only the operation can tell
        run=export.kick_off,
        definition=BULK_EXPORT,
        affects_state=False,
    ),
    Operation(
        "export-status",
        levels=("system",),
        types=(),
        needs=(),
        run=export.status,
        definition=f"{DEFINITION}/export-status",
        affects_state=False,
        also=("DELETE",),
    ),
    Operation(
        "export-file",
        levels=("system",),
        types=(),
        needs=(),
        run=export.file,
        definition=f"{DEFINITION}/export-file",
        affects_state=False,
    ),
    Operation(
        "async-status",
        levels=("system",),
        types=(),
        needs=(),  # the client's own requests, which only the operation can tell
        run=later.status,
        definition=f"{DEFINITION}/async-status",
        affects_state=False,
        also=("DELETE",),
    ),
    Operation(
        "purge-history",
        levels=("system", "type", "instance"),
        types=(),
        needs=ADMINISTRATOR,
        run=purge.purge_history,
        definition=f"{DEFINITION}/purge-history",
    ),
    Operation(
        "expunge",
        levels=("instance",),
        types=("Patient",),
        needs=ADMINISTRATOR,
        run=purge.expunge_patient,
        definition=f"{DEFINITION}/expunge",
    ),
    Operation(
        "unmerge",
        levels=("instance",),
        types=("Patient",),
        needs=ADMINISTRATOR,
        run=unmerge,
        definition=f"{DEFINITION}/unmerge",
    ),
    Operation(
        "reindex",
        levels=("system", "type", "instance"),
        types=(),
        needs=(),  # to update what is reindexed, which only the operation can tell
        run=reindex.kick_off,
        definition=f"{DEFINITION}/reindex",
    ),
    Operation(
        "reindex-status",
        levels=("system",),
        types=(),
        needs=(),
        run=reindex.status,
        definition=f"{DEFINITION}/reindex-status",
        affects_state=False,
        also=("DELETE",),
    ),
)


OPERATIONS += (
    Operation(
        "meta",
        levels=("system", "type", "instance", "version"),
        types=(),
        needs=(("", "r"),),
        run=meta.show_meta,
        definition=f"{R4}/Resource-meta",
        affects_state=False,
    ),
    Operation(
        "meta-add",
        levels=("instance", "version"),
        types=(),
        needs=(("", "u"),),
        run=meta.add_meta,
        definition=f"{R4}/Resource-meta-add",
    ),
    Operation(
        "meta-delete",
        levels=("instance", "version"),
        types=(),
        needs=(("", "u"),),
        run=meta.delete_meta,
        definition=f"{R4}/Resource-meta-delete",
    ),
    Operation(
        "everything",
        levels=("type", "instance"),
        types=("Patient",),
        needs=(("Patient", "r"),),
        run=everything.everything,
        definition=f"{R4}/Patient-everything",
        affects_state=False,
        shows_resources=True,
    ),
    Operation(
        "everything",
        levels=("instance",),
        types=("Encounter",),
        needs=(("Encounter", "r"),),
        run=everything.everything,
        definition=f"{R4}/Encounter-everything",
        affects_state=False,
        shows_resources=True,
    ),
    Operation(
        "diff",
        levels=("system", "instance"),
        types=(),
        needs=(),  # of the system: the type of what is compared, which only the operation can tell
        run=diff.diff,
        definition=f"{DEFINITION}/diff",
        affects_state=False,
    ),
    Operation(
        "validate",
        levels=("type", "instance"),
        types=(),
        needs=(("", "r"),),
        run=validate.validate,
        definition=f"{R4}/Resource-validate",
        affects_state=False,
    ),
)


OPERATIONS += tuple(
    Operation(
        name,
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "u"),),
        run=run,
        definition=f"{DEFINITION}/claim-{name}",
    )
    for name, run in claim_step.STEPS.items()
)

OPERATIONS += (
    Operation(
        "check-eligibility",
        levels=("instance",),
        types=("Coverage",),
        needs=(("Coverage", "r"), ("CoverageEligibilityRequest", "c")),
        run=eligibility.check_eligibility,
        definition=f"{DEFINITION}/coverage-check-eligibility",
    ),
    Operation(
        "check-eligibility",
        levels=("type",),
        types=("Coverage",),
        needs=(("Coverage", "r"), ("CoverageEligibilityRequest", "c")),
        run=eligibility.check_many,
        definition=f"{DEFINITION}/coverages-check-eligibility",
    ),
    Operation(
        "submit",
        levels=("type", "instance"),
        types=("CoverageEligibilityRequest",),
        needs=(("CoverageEligibilityRequest", "c"),),
        run=eligibility.submit_eligibility,
        definition=f"{R4}/CoverageEligibilityRequest-submit",
    ),
    Operation(
        "status",
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "r"), ("Task", "c")),
        run=status.claim_status,
        definition=f"{DEFINITION}/claim-status",
    ),
    Operation(
        "status",
        levels=("type",),
        types=("Claim",),
        needs=(("Claim", "r"), ("Task", "c")),
        run=status.claims_status,
        definition=f"{DEFINITION}/claims-status",
    ),
    Operation(
        "post",
        levels=("instance",),
        types=("PaymentReconciliation",),
        needs=(("PaymentReconciliation", "u"), ("ClaimResponse", "c"), ("Claim", "u")),
        run=payment.post_remittance,
        definition=f"{DEFINITION}/paymentreconciliation-post",
    ),
    Operation(
        "link",
        levels=("instance",),
        types=("ClaimResponse",),
        needs=(("ClaimResponse", "u"), ("Claim", "u")),
        run=payment.link,
        definition=f"{DEFINITION}/claimresponse-link",
    ),
    Operation(
        "eob",
        levels=("instance",),
        types=("Claim",),
        needs=(("Claim", "r"), ("ClaimResponse", "r")),
        run=payment.show_explanation,
        definition=f"{DEFINITION}/claim-eob",
        affects_state=False,
        shows_resources=True,
    ),
)


def find_operation(
    table: tuple[Operation, ...], name: str, level: Level, type: str | None, method: str
) -> Operation:
    """Return the row of an operation where it may be called. Raises NotFound, MethodNotAllowed."""
    for row in table:
        if row.name == name and level in row.levels and (not row.types or type in row.types):
            if method not in row.methods:
                raise MethodNotAllowed.of(row.methods)
            return row
    raise NotFound(f"the operation ${name[:64]} is not known here")
