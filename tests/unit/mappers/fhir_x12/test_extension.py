"""Every extension of the maps has a StructureDefinition that names its parts.

`python -m tests.unit.mappers.fhir_x12.test_extension` writes them anew.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import profiles
from mappers.fhir_x12 import eligibility_table, payment_table, status_table
from mappers.fhir_x12.extension import BASE, MEANINGS, Meaning
from mappers.rule import Table

FOLDER = Path(profiles.__file__).parent / "extension"
TABLES: tuple[Table, ...] = (
    *payment_table.DOCUMENTED,
    *eligibility_table.DOCUMENTED,
    *status_table.DOCUMENTED,
)
BARE = re.compile(r"extension\[url=([A-Za-z][\w-]*)\]")
OWN = re.compile(rf"extension\[url={re.escape(BASE)}/([\w-]+)\]")
WRITTEN_BY_STEPS = {
    "eligibility-benefit": {"position"},
    "status-level": {"loop", "code"},
    "status-level-status": {"https://parity.example/fhir/StructureDefinition/status-information"},
    "remittance-service": {"position"},
    "related-response": {"relationship", "response"},
    "remittance-provider-adjustment": {"provider", "fiscal-period"},
}


def owners(table: Table) -> Iterator[tuple[str, str]]:
    """Yield extension and part for each part a table writes."""
    named = re.search(r"\(([\w-]+)\)", table.target)
    anchor = next(
        (str(rule.constant) for rule in table.rules if rule.target.endswith("extension[].url")), ""
    ).removeprefix(f"{BASE}/")
    for rule in table.rules:
        inside = OWN.search(rule.target)
        parts = BARE.findall(rule.target)
        owner = inside[1] if inside else anchor or (named[1] if named else "")
        if parts and owner:
            yield owner, parts[0]


def parts_of(meaning: Meaning) -> list[str]:
    """Return the names of the parts of an extension, sorted."""
    told = {part for table in TABLES for owner, part in owners(table) if owner == meaning.id}
    return sorted(told | WRITTEN_BY_STEPS.get(meaning.id, set()))


def definition(meaning: Meaning) -> str:
    """Return the StructureDefinition of an extension as text."""
    root = {"id": "Extension", "path": "Extension", "short": meaning.title}
    elements: list[dict[str, object]] = [{**root, "definition": meaning.meaning}]
    for part in parts_of(meaning):
        slice = f"Extension.extension:{part}"
        elements.append({"id": slice, "path": "Extension.extension", "sliceName": part})
        url = {"id": f"{slice}.url", "path": "Extension.extension.url", "fixedUri": part}
        elements.append({**url})
    address = {"id": "Extension.url", "path": "Extension.url", "fixedUri": meaning.url}
    elements.append({**address})
    value: dict[str, object] = {"id": "Extension.value[x]", "path": "Extension.value[x]"}
    kind = meaning.value.removeprefix("value")
    code = kind[:1].lower() + kind[1:] if kind in {"String", "Code"} else kind
    elements.append({**value, **({"min": 1, "type": [{"code": code}]} if code else {"max": "0"})})
    tree = {
        "resourceType": "StructureDefinition",
        "id": meaning.id,
        "url": meaning.url,
        "version": "0.1.0",
        "name": "".join(word.capitalize() for word in meaning.id.split("-")),
        "title": meaning.title,
        "status": "active",
        "publisher": "Parity",
        "description": meaning.meaning,
        "fhirVersion": "4.0.1",
        "kind": "complex-type",
        "abstract": False,
        "context": [{"type": "element", "expression": one} for one in meaning.contexts],
        "type": "Extension",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Extension",
        "derivation": "constraint",
        "differential": {"element": elements},
    }
    return json.dumps(tree, indent=2) + "\n"


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda one: one.id)
def test_extension_is_defined_with_its_parts(meaning: Meaning) -> None:
    assert (FOLDER / f"{meaning.id}.json").read_text() == definition(meaning)


def test_tables_write_no_extension_that_is_not_defined() -> None:
    written = {owner for table in TABLES for owner, _ in owners(table)}
    known = {one.id for one in MEANINGS} | {"claim-payment-status"}
    assert written <= known


@pytest.mark.parametrize("meaning", MEANINGS, ids=lambda one: one.id)
def test_extension_is_simple_or_has_parts(meaning: Meaning) -> None:
    assert bool(meaning.value) != bool(parts_of(meaning))


if __name__ == "__main__":
    for one in MEANINGS:
        (FOLDER / f"{one.id}.json").write_text(definition(one))
