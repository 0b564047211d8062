"""A prior authorization as it is kept: the claim, what is not of this server contained in it. Pure.

Nothing that a Bundle brings replaces what is stored here: a resource of this server is referred
to, any other is a copy within the claim, and a document, which has a life of its own, is stored
beside it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.review_copy import listed, self_contained, within, without
from fhir_server.billing.review_rewriting import Keeping
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue

STORED = frozenset({"DocumentReference", "Binary"})
"""Types that are stored as resources of their own."""


@dataclass(frozen=True, slots=True)
class KeptReview:
    """What is stored of a request; `contained` are the copies by their `Type/id` in the Bundle.

    `targets` are the references by which each resource of the Bundle is found now.
    """

    claim: JsonObject
    documents: tuple[JsonObject, ...]
    contained: Mapping[str, JsonObject]
    targets: Mapping[str, str]


def claim_id(bundle: JsonObject, tenant: int) -> str:
    """Return the id of the claim of a Bundle: the same Bundle is the same request."""
    digest = sha256(encode(bundle)).hexdigest()
    return str(uuid5(NAMESPACE_URL, f"review/{tenant}/{digest}"))


def response_id(claim: str) -> str:
    """Return the id of the response to a claim: what comes later is a version of it."""
    return str(uuid5(NAMESPACE_URL, f"review-response/{claim}"))


def kept_review(
    claim: JsonObject, resources: Mapping[str, JsonObject], here: Collection[str], id: str
) -> KeptReview:
    """Return what is stored of a claim; `here` are the `Type/id` that this server has."""
    targets = {key: _target(key, index, here, id) for index, key in enumerate(resources)}
    keeping = Keeping(targets)
    main = keeping.rewritten(claim)
    contained: dict[str, JsonObject] = {}
    documents: list[JsonObject] = []
    waiting = list(keeping.found)
    while waiting:
        key = waiting.pop(0)
        if key in contained or key in here or key not in resources:
            continue
        keeping.found = {}
        made = keeping.rewritten(resources[key])
        contained[key] = made
        waiting += keeping.found
    copies: dict[str, JsonObject] = {}
    for key, made in contained.items():
        target = targets[key]
        if target.startswith("#"):
            copies[key] = within(made, target[1:])
        else:
            documents.append(_of_claim(made, target.partition("/")[2], id))
    kept: JsonObject = {**without(main, ("text", "contained")), "id": id}
    held = [*listed(main, "contained"), *copies.values()]
    if held:
        kept["contained"] = held
    stored = [self_contained(one, copies, targets) for one in documents]
    return KeptReview(kept, tuple(stored), copies, targets)


def _of_claim(document: JsonObject, id: str, claim: str) -> JsonObject:
    """Return a document that is stored beside its claim, and names it."""
    if document.get("resourceType") != "DocumentReference":
        return {**document, "id": id}
    held = document.get("context")
    context = held if isinstance(held, dict) else {}
    related: list[JsonValue] = [*listed(context, "related"), {"reference": f"Claim/{claim}"}]
    return {**document, "id": id, "context": {**context, "related": related}}


def _target(key: str, index: int, here: Collection[str], id: str) -> str:
    """Return how a resource of the Bundle is referred to once it is kept."""
    if key in here:
        return key
    kind, _, name = key.partition("/")
    if kind in STORED:
        return f"{kind}/{uuid5(NAMESPACE_URL, f'review/{id}/{key}')}"
    return f"#{kind.lower()}-{index + 1}-{name}"[:64]
