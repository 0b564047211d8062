"""Which resources a claim needs beside itself, and how a reference is followed."""

from collections.abc import Iterator, Mapping

from mappers.path import JsonObject, JsonValue, read

FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "Claim": (
        "patient",
        "provider",
        "insurer",
        "facility",
        "careTeam.provider",
        "insurance.coverage",
        "insurance.claimResponse",
        "payee.party",
        "referral",
        "related.claim",
        "supportingInfo.valueReference",
        "item.encounter",
        "extension.valueReference",
        "item.extension.valueReference",
    ),
    "Coverage": ("subscriber", "beneficiary", "payor", "policyHolder"),
    "PractitionerRole": ("practitioner", "organization"),
    "RelatedPerson": (),
    "Location": ("managingOrganization",),
}


def missing(resources: Mapping[str, JsonObject], claim: JsonObject) -> tuple[str, ...]:
    """Return the references (`Patient/1`) not yet in `resources` that map or check would follow.

    Asked again after each reading until it is empty, at most once for each step of the way:
    claim, coverage or role, person or organization.
    """
    known = [claim, *resources.values()]
    wanted = dict.fromkeys(one for resource in known for one in _followed(resource))
    return tuple(one for one in wanted if one not in resources)


def references(resource: JsonObject) -> Iterator[str]:
    """Yield the references (`Patient/1`) of a resource that map or check would follow."""
    return _followed(resource)


def _followed(resource: JsonObject) -> Iterator[str]:
    for path in FOLLOWED.get(str(resource.get("resourceType")), ()):
        for found in read(resource, f"{path}.reference"):
            if isinstance(found, str) and not found.startswith("#"):
                yield literal(found)


def literal(reference: str) -> str:
    """Return a reference as `Type/id`: without a server's address and without a version."""
    parts = reference.partition("/_history/")[0].rsplit("/", 2)
    return "/".join(parts[-2:])


def follow(
    owner: JsonObject, reference: JsonValue, resources: Mapping[str, JsonObject]
) -> JsonObject | None:
    """Return the resource that a Reference names: contained in its owner or given."""
    target = next(iter(read(reference, "reference")), None)
    if not isinstance(target, str):
        return None
    if target.startswith("#"):
        contained = read(owner, f"contained[id={target[1:]}]")
        return contained[0] if contained and isinstance(contained[0], dict) else None
    return resources.get(literal(target))
