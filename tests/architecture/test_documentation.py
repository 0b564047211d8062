"""The documentation follows the code: generated pages are current, records are complete."""

import re

from docs.generate import FOLDER, V2, X12, modules_of, operations_page, pages, rows_of, stale_pages
from fhir_server.settings import Settings
from mappers.document import document_codes, document_table
from profiles.loader import Json, load
from tests.architecture.source import ROOT

HEADINGS = ["Context", "Decision", "Status", "Consequences"]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_generated_pages_are_current() -> None:
    behind = [
        path
        for path, text in pages().items()
        if not (FOLDER / path).is_file() or (FOLDER / path).read_text(encoding="utf-8") != text
    ]
    assert behind == [], "make docs writes them"


def test_no_mapping_page_outlives_its_table() -> None:
    assert stale_pages(FOLDER, pages()) == []


def test_every_mapping_table_is_on_a_page() -> None:
    written = "".join(text for path, text in pages().items() if path.startswith("mappings/"))
    found = [rows_of(module) for package in (V2, X12) for module in modules_of(package)]
    tables = [document_table(table) for tables, _ in found for table in tables]
    maps = [document_codes(code_map) for _, maps in found for code_map in maps]
    assert [text.partition("\n")[0] for text in (*tables, *maps) if text not in written] == []
    assert tables
    assert maps


def test_every_setting_is_documented() -> None:
    text = (FOLDER / "settings.md").read_text(encoding="utf-8")
    assert [row.variable for row in Settings.rows() if f"`{row.variable}`" not in text] == []


def test_decision_records_have_the_four_headings_and_a_number_of_their_own() -> None:
    records = sorted((FOLDER / "decisions").glob("[0-9]*.md"))
    for record in records:
        text = record.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, record.name
    numbers = [record.name[:4] for record in records]
    assert len(numbers) == len(set(numbers))


def test_links_between_documents_lead_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *FOLDER.rglob("*.md")]
    broken = [
        f"{document.relative_to(ROOT)} -> {target}"
        for document in documents
        for target in LINK.findall(document.read_text(encoding="utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_every_operation_has_a_definition_and_every_definition_an_operation() -> None:
    from fhir_server.operations import OPERATIONS

    defined = {str(definition["code"]) for definition in load().own("operation")}
    assert {operation.name for operation in OPERATIONS} == defined


def test_operation_is_documented_with_its_paths_and_parameters() -> None:
    definition: dict[str, Json] = {
        "code": "submit",
        "description": "Send the claim.",
        "system": False,
        "type": True,
        "instance": True,
        "resource": ["Claim"],
        "parameter": [{"use": "in", "name": "resource", "type": "Claim", "min": 1, "max": "1"}],
    }
    text = operations_page([definition])
    assert "- `/fhir/Claim/$submit`\n- `/fhir/Claim/{id}/$submit`" in text
    assert "| in | resource | Claim | 1 | 1 |" in text
