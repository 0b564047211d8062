"""The features of FHIR servers, row by row: what this one does, by its tests, beside others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docs.evidence import proofs

SERVERS = (
    "HAPI",
    "Medplum",
    "Aidbox",
    "Blaze",
    "Microsoft",
    "Google",
    "HealthLake",
    "Firely",
    "LinuxForHealth 4",
    "Helios",
    "candle",
)
INTRODUCTION = """\
What this server does, each row with the tests that show it, beside what is known of others. Y: it
does; y: said to, not read in a document of the project; P: partly; N: not; ?: not known. The marks
of the others were gathered in 2026 from their documentation and issue trackers; they go on."""
HEAD = ("feature", "**Parity**", *SERVERS, "shown by", "note")


@dataclass(frozen=True)
class Feature:
    """One row: marks in the order of SERVERS, what our tests show, and what to know besides."""

    name: str
    theirs: str
    ours: Literal["Y", "P", "N"] = "N"
    tests: tuple[str, ...] = ()
    note: str = ""


FEATURES: tuple[Feature, ...] = (
    Feature(
        "create, read, update, delete",
        "Y Y Y Y Y Y Y Y Y Y Y",
        "Y",
        (
            "integration/http/test_write.py::test_created_resource_is_stamped_and_found_at_its_location",
            "integration/http/test_write.py::test_update_makes_versions",
            "integration/http/test_write.py::test_deleted_resource_is_gone_but_keeps_its_past",
        ),
    ),
    Feature(
        "vread, instance history",
        "Y Y Y Y Y Y y Y Y Y N",
        "Y",
        (
            "integration/http/test_read.py::test_vread_shows_what_was",
            "integration/http/test_read.py::test_history_tells_every_version_newest_first",
        ),
    ),
    Feature(
        "type history",
        "Y N Y Y Y N ? Y N Y N",
        "Y",
        (
            "integration/http/test_history.py::test_history_of_a_type_tells_how_each_version_came_about",
        ),
    ),
    Feature(
        "system history",
        "y N ? Y y N ? Y N Y N",
        "Y",
        (
            "integration/http/test_history.py::test_pages_neither_repeat_nor_miss_a_version_of_one_moment",
            "integration/http/test_history.py::test_history_of_the_items_of_a_list",
        ),
        "with `_since`, `_at` and `_list`",
    ),
    Feature(
        "JSON Patch",
        "y y Y N y Y ? N y Y ?",
        "Y",
        ("integration/http/test_patch.py::test_json_patch_makes_the_next_version",),
    ),
    Feature(
        "FHIRPath Patch",
        "y N Y N y N N Y y ? N",
        "Y",
        ("integration/http/test_patch.py::test_fhirpath_patch_makes_the_next_version",),
    ),
    Feature(
        "XML Patch",
        "y N N N N N N N N N N",
        "Y",
        ("integration/http/test_operations.py::test_xml_patch_changes_a_resource",),
    ),
    Feature("Merge Patch", "N N Y N N N N N N N N"),
    Feature(
        "conditional create",
        "Y Y Y Y Y y y P Y Y y",
        "Y",
        (
            "integration/http/test_write.py::test_conditional_create_creates_once",
            "integration/http/test_races.py::test_parallel_conditional_creates_make_one_resource",
        ),
    ),
    Feature(
        "conditional update",
        "Y Y Y N Y y y Y Y Y y",
        "Y",
        ("integration/http/test_write.py::test_conditional_update_creates_then_updates",),
    ),
    Feature(
        "conditional delete",
        "Y N y Y y y ? Y y Y ?",
        "Y",
        ("integration/http/test_write.py::test_conditional_delete_deletes_one_or_nothing",),
    ),
    Feature(
        "conditional patch",
        "y N Y N y y N N N Y N",
        "Y",
        ("integration/http/test_patch.py::test_conditional_patch_changes_the_one_match",),
    ),
    Feature(
        "transaction and batch",
        "Y Y P Y P P P Y Y Y P",
        "Y",
        (
            "integration/http/test_bundle.py::test_transaction_is_all_or_nothing",
            "integration/http/test_bundle.py::test_batch_entries_stand_alone",
        ),
    ),
    Feature(
        "conditional references in transactions",
        "y y ? N y y ? ? y ? ?",
        "Y",
        (
            "integration/http/test_bundle.py::test_conditional_reference_becomes_the_one_that_matches",
        ),
    ),
    Feature(
        "search parameter types: composite",
        "y N P y P P P y y y P",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "search parameter types: `near`",
        "P y y Y N N N N y y P",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "`:missing :exact :contains :not`",
        "y Y Y N Y y P Y P Y P",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "token `:text`",
        "y Y Y N Y ? ? Y N P ?",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "token `:of-type`",
        "y N Y N N ? ? N N Y ?",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "token `:in :not-in :above :below`",
        "y N P P N y N N N P N",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "`:identifier` and `:[type]`",
        "y P Y Y P y ? Y P P y",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "uri `:above :below`",
        "y N N P Y y N P Y Y ?",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "chains",
        "Y P Y Y Y y y Y Y Y y",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "`_has`",
        "P Y Y Y Y y ? Y Y Y y",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "`_include` and `_revinclude` with `:iterate` and `*`",
        "Y P P P P Y ? P P P Y",
        "Y",
        ("acceptance/fhir/test_search.py::test_what_is_asked_for_comes_along",),
    ),
    Feature(
        "`_sort`",
        "Y Y Y P P Y ? Y Y P y",
        "Y",
        ("acceptance/fhir/test_search.py::test_matches_come_in_order",),
    ),
    Feature(
        "`_total` none, estimate, accurate",
        "P P P P P P ? P P Y y",
        "Y",
        ("acceptance/fhir/test_search.py::test_totals_are_honest",),
    ),
    Feature(
        "`_filter`",
        "P Y Y N N N N N N P N",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "`_text` and `_content`",
        "P N Y N N P N N N Y N",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "compartment search",
        "y N Y N Y N N Y Y ? ?",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_finds",),
    ),
    Feature(
        "paging that repeats and misses nothing",
        "P N N Y P P P P N P N",
        "Y",
        (
            "integration/search/test_snapshot.py::test_pages_are_those_of_the_first_moment",
            "integration/search/test_snapshot.py::test_concurrent_writers_make_no_page_repeat_or_miss",
        ),
        "pages show the state of the first",
    ),
    Feature(
        "unknown search parameter refused by default",
        "Y Y Y N N y ? N Y ? N",
        "Y",
        (
            "acceptance/fhir/test_search.py::test_what_cannot_be_answered_is_refused",
            "acceptance/fhir/test_search.py::test_lenient_handling_ignores_and_tells",
        ),
    ),
    Feature(
        "XML",
        "Y N y Y Y N N Y Y y Y",
        "Y",
        (
            "conformance/test_xml.py::test_json_to_xml_to_json_gives_every_example_back",
            "integration/http/test_xml.py::test_resource_is_created_read_and_updated_in_xml",
        ),
    ),
    Feature(
        "`_pretty`",
        "Y y y Y Y N N N Y y Y",
        "Y",
        (
            "integration/http/test_edge.py::test_pretty_is_the_same_resource_with_lines",
            "integration/http/test_xml.py::test_pretty_xml_has_lines_and_is_the_same_resource",
        ),
    ),
    Feature(
        "If-Match; If-None-Match on read",
        "y y Y Y y P ? P y P Y",
        "Y",
        (
            "integration/http/test_write.py::test_update_holds_to_if_match",
            "integration/http/test_read.py::test_client_that_has_the_version_gets_no_body",
        ),
    ),
    Feature(
        "Prefer return and handling",
        "Y P P Y P P N Y Y ? Y",
        "Y",
        (
            "integration/http/test_write.py::test_answer_to_a_write_is_as_preferred",
            "acceptance/fhir/test_search.py::test_lenient_handling_ignores_and_tells",
        ),
    ),
    Feature(
        "Prefer respond-async",
        "N P N Y N N N N N ? Y",
        "Y",
        (
            "integration/http/test_repeat.py::test_transaction_is_answered_later",
            "integration/http/test_repeat.py::test_search_and_history_are_answered_later",
        ),
    ),
    Feature(
        "`$validate`",
        "y Y Y N Y y y Y Y ? N",
        "P",
        ("integration/http/test_operations.py::test_validate_tells_without_storing",),
        "structure, no invariants or profiles yet",
    ),
    Feature(
        "`$everything`",
        "y Y Y Y Y y y Y y ? N",
        "Y",
        (
            "integration/http/test_operations.py::test_everything_of_a_patient",
            "integration/http/test_operations.py::test_pages_of_everything_have_each_resource_once",
        ),
    ),
    Feature(
        "`$export` out of the box",
        "N Y N N Y Y Y P Y Y N",
        "Y",
        ("integration/bulk/test_http.py::test_export_from_kick_off_to_delete",),
        "system level",
    ),
    Feature("`$import`", "y N Y N Y Y P P Y P N"),
    Feature("`$expand`, `$lookup`, `$validate-code`, `$translate`", "y P P P P P N Y P P N"),
    Feature("`$member-match`, `$docref`", "P N P N Y N N Y N ? N"),
    Feature("Subscriptions", "y Y Y N N P y Y P Y Y"),
    Feature("GraphQL", "y Y Y Y N N N N N ? N"),
    Feature(
        "SMART on FHIR",
        "P Y Y P P y y Y P y P",
        "P",
        ("integration/http/test_auth.py::test_scopes_hold_for_every_interaction",),
        "client credentials; no app launch yet",
    ),
    Feature(
        "multi-tenancy",
        "Y Y Y N N Y Y Y Y Y Y",
        "P",
        ("integration/search/test_search.py::test_tenants_see_their_own",),
        "a tenant a process",
    ),
    Feature(
        "AuditEvent",
        "P Y Y N P P P Y y y N",
        "P",
        ("integration/http/test_purge.py::test_patient_is_expunged_with_all_that_goes_along",),
        "of purge and expunge only",
    ),
    Feature("consent and label enforcement", "P P Y N N Y N P N N N"),
    Feature(
        "custom SearchParameter with reindex",
        "Y Y P P Y P N Y Y Y Y",
        "Y",
        ("integration/http/test_parameters.py::test_parameter_is_searched_by_once_it_is_ready",),
    ),
    Feature("SQL on FHIR", "P N Y N N P P N N Y N"),
    Feature(
        "referential integrity",
        "Y Y ? Y N Y ? Y ? N N",
        "Y",
        ("integration/http/test_integrity.py::test_resource_that_is_referred_to_is_not_deleted",),
        "by setting",
    ),
    Feature(
        "purge and expunge",
        "Y Y Y Y Y P N Y Y P P",
        "Y",
        (
            "integration/http/test_purge.py::test_history_before_a_moment_is_purged",
            "integration/http/test_purge.py::test_patient_is_expunged_with_all_that_goes_along",
        ),
        "each with an AuditEvent",
    ),
    Feature(
        "`$diff`",
        "Y N N N N N N N N ? N",
        "Y",
        (
            "integration/http/test_operations.py::test_diff_of_versions_is_a_patch_that_leads_from_one_to_the_other",
        ),
    ),
    Feature(
        "`$meta`, `$meta-add`, `$meta-delete`",
        "y N Y N N N N Y N ? N",
        "Y",
        ("integration/http/test_operations.py::test_meta_is_shown_added_and_deleted",),
    ),
    Feature(
        "X-Provenance",
        "y N N N N N N P N ? N",
        "Y",
        ("integration/http/test_repeat.py::test_provenance_is_stored_with_what_it_tells_of",),
    ),
    Feature(
        "Idempotency-Key",
        "N N N N N N N N N N N",
        "Y",
        ("integration/http/test_repeat.py::test_request_sent_again_gets_the_same_answer",),
    ),
    Feature(
        "no-op update detection",
        "Y y ? Y y ? ? P y ? N",
        "Y",
        ("integration/http/test_write.py::test_update_that_changes_nothing_makes_no_version",),
    ),
    Feature(
        "why a resource matched or not (`_explain`)",
        "N N P P N N N N N N N",
        "Y",
        ("acceptance/fhir/test_search.py::test_search_is_explained",),
    ),
    Feature("OpenAPI", "Y N N N N ? ? Y Y ? ?"),
    Feature(
        "web console",
        "Y Y Y Y N ? ? N N Y Y",
        "P",
        ("browser/test_front_page.py::test_front_page_shows_addresses_and_running_parts",),
        "a page of state",
    ),
    Feature(
        "X12",
        "N P P N N N N N N N P",
        "P",
        ("acceptance/test_story.py::test_intake_to_payment_and_result_to_export",),
        "837P, 999, TA1, 277CA, 835",
    ),
)


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table. Raises ValueError for a claim without a test."""
    for feature in FEATURES:
        marks = feature.theirs.split()
        if len(marks) != len(SERVERS) or (feature.ours != "N") != bool(feature.tests):
            raise ValueError(f"the row {feature.name} is not whole")
        yield feature.name, f"**{feature.ours}**", *marks, proofs(feature.tests), feature.note
