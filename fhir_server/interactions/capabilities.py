"""Capabilities: what this server does, told from the tables it does it by.

Source: https://hl7.org/fhir/R4/http.html#capabilities, capabilitystatement.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from fhir_server.interactions.patch_format import PATCH_FORMATS
from fhir_server.interactions.search_feature import search_parameters, search_words
from fhir_server.interactions.table import Interaction
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.custom import NO_ADDITIONS, Additions
from fhir_server.search.registry import is_searched
from fhir_server.settings import Settings
from profiles.definition import SearchParameter
from profiles.loader import Definitions

SYSTEM_PLACES = ("system", "system-history", "system-search")
"""Places whose interactions are told of the whole system."""
MAX_KEPT = 8
SECURITY_SYSTEM = "http://terminology.hl7.org/CodeSystem/restful-security-service"


@dataclass(frozen=True, slots=True)
class Offered:
    """One operation as the CapabilityStatement names it; no types means the system level."""

    name: str
    definition: str
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capabilities:
    """Makes the CapabilityStatement once for each address the server is called by.

    A statement kept gives way to another one when a site's own search parameters change.
    """

    definitions: Definitions
    settings: Settings
    interactions: Sequence[Interaction]
    operations: Sequence[Offered]
    started: datetime
    _kept: dict[tuple[str, int], bytes] = field(default_factory=dict)

    def body(self, base: str, own: Additions = NO_ADDITIONS, generation: int = 0) -> bytes:
        """Return the CapabilityStatement as JSON text; `base` is the FHIR base.

        `own` are the search parameters of the site's own in that generation.
        """
        known = self._kept.get((base, generation))
        if known is None:
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            known = self._kept[base, generation] = encode(self.statement(base, own))
        return known

    def statement(self, base: str, own: Additions = NO_ADDITIONS) -> JsonObject:
        """Return the CapabilityStatement of this server at an address."""
        return {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": self.started.date().isoformat(),
            "kind": "instance",
            "software": {"name": "Parity", "version": version("parity")},
            "implementation": {"description": "Parity FHIR server", "url": base},
            "fhirVersion": "4.0.1",
            "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
            "patchFormat": list[JsonValue](PATCH_FORMATS),
            "rest": [self._rest(base, own)],
        }

    def _rest(self, base: str, own: Additions) -> JsonObject:
        rest: JsonObject = {"mode": "server", "security": self._security(base)}
        served = {type: self._served(type, own) for type in self.definitions.resource_types}
        reverse = reverse_includes(served)
        rest["resource"] = [
            self._resource(type, rows, reverse.get(type, ())) for type, rows in served.items()
        ]
        system = dict.fromkeys(row.code for row in self.interactions if row.place in SYSTEM_PLACES)
        rest["interaction"] = [{"code": code} for code in system]
        if operations := self._operations(None):
            rest["operation"] = operations
        rest["documentation"] = search_words(self.settings)
        rest["searchParam"] = search_parameters()
        rest["compartment"] = [row.url for row in self.definitions.compartments.values()]
        return rest

    def _security(self, base: str) -> JsonObject:
        if not self.settings.auth:
            return {"description": "Authentication is off; the server is bound to loopback."}
        token = f"{base.removesuffix('/fhir')}/auth/token"
        return {
            "extension": [
                {
                    "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                    "extension": [{"url": "token", "valueUri": token}],
                }
            ],
            "service": [{"coding": [{"system": SECURITY_SYSTEM, "code": "SMART-on-FHIR"}]}],
        }

    def _served(self, type: str, own: Additions) -> list[SearchParameter]:
        """Return what a type can be searched by now: the standard's, then the site's own."""
        added = [one.row for one in own.get(type, ()) if one.job is None]
        return [*served_parameters(self.definitions.search_parameters(type)), *added]

    def _resource(
        self, type: str, parameters: Sequence[SearchParameter], reverse: Sequence[str]
    ) -> JsonObject:
        codes = dict.fromkeys(
            row.code for row in self.interactions if row.place not in SYSTEM_PLACES
        )
        resource: JsonObject = {
            "type": type,
            "interaction": [{"code": code} for code in codes],
            "versioning": "versioned-update" if self.settings.require_if_match else "versioned",
            "readHistory": True,
            "updateCreate": self.settings.update_create,
            "conditionalCreate": True,
            "conditionalRead": "full-support",
            "conditionalUpdate": True,
            "conditionalDelete": self.settings.conditional_delete,
            "referencePolicy": ["literal", "logical", *self._enforced()],
            "searchParam": [
                {"name": row.code, "definition": row.url, "type": row.type} for row in parameters
            ],
        }
        includes: list[JsonValue] = [
            f"{type}:{row.code}" for row in parameters if row.type == "reference"
        ]
        if includes:
            resource["searchInclude"] = includes
        if reverse:
            resource["searchRevInclude"] = list[JsonValue](reverse)
        if operations := self._operations(type):
            resource["operation"] = operations
        return resource

    def _enforced(self) -> list[JsonValue]:
        """Return the policy that references must hold, where the settings ask for it."""
        return ["enforced"] if self.settings.referential_integrity in ("write", "full") else []

    def _operations(self, type: str | None) -> list[JsonValue]:
        return [
            {"name": row.name, "definition": row.definition}
            for row in self.operations
            if (type in row.types if type else not row.types)
        ]


def reverse_includes(
    served: Mapping[str, Sequence[SearchParameter]],
) -> Mapping[str, list[str]]:
    """Return by type which reference parameters of other types point to it by name."""
    found: dict[str, list[str]] = {}
    for type, rows in served.items():
        for row in rows:
            for target in row.targets if row.type == "reference" else ():
                found.setdefault(target, []).append(f"{type}:{row.code}")
    return found


def served_parameters(parameters: Mapping[str, SearchParameter]) -> list[SearchParameter]:
    """Return the search parameters that are searched by here, by code."""
    return [row for _, row in sorted(parameters.items()) if is_searched(row)]
