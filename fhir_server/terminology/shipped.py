"""The code systems and value sets that ship with the standard, as a source."""

from dataclasses import dataclass, field

from fhir_server.terminology.canonical import split_canonical
from fhir_server.terminology.source import text
from profiles.terminology import CodeSystem, ShippedTerminology, ValueSet


@dataclass(frozen=True)
class Shipped:
    """Answers by canonical; one with a version is answered by that version alone."""

    facts: ShippedTerminology = field(default_factory=ShippedTerminology)

    def code_system(self, canonical: str) -> CodeSystem | None:
        """Return a code system of R4."""
        url, version = split_canonical(canonical)
        found = self.facts.code_system(url)
        return found if found is not None and version in {"", found.version} else None

    def value_set(self, canonical: str) -> ValueSet | None:
        """Return a value set of R4."""
        url, version = split_canonical(canonical)
        found = self.facts.value_set(url)
        return found if found is not None and version in {"", text(found, "version")} else None
