"""What users of other servers complain of: our rule for each, and the tests that show it.

A row that names a test which is not in the tree fails the build of the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from docs.evidence import proofs

HTTP, STORE, SEARCH = "integration/http", "integration/store", "integration/search"
CUSTOM = "integration/reindex/test_custom.py"
JOB, DRIFT = "integration/reindex/test_job.py", "integration/reindex/test_drift.py"
RACES = f"{HTTP}/test_races.py"
VALIDATION = "conformance/test_validation.py"
OWN = "complaints"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint: its number, what is complained of, what holds here, and the proof."""

    number: int
    text: str
    rule: str
    tests: tuple[str, ...]


COMPLAINTS = (
    Complaint(
        1,
        "Parallel conditional creates make duplicates.",
        "The criteria are claimed inside the transaction: 16 at once make one resource.",
        (
            f"{RACES}::test_parallel_conditional_creates_make_one_resource",
            f"{RACES}::test_parallel_transactions_with_one_condition_make_one_resource",
            f"{STORE}/test_races.py::test_conditional_creates_at_once_create_one",
        ),
    ),
    Complaint(
        2,
        "Two identical ifNoneExist in one Bundle have no defined outcome.",
        "They are one create, and both entries lead to its resource.",
        (f"{HTTP}/test_bundle.py::test_two_creates_with_the_same_criteria_are_one",),
    ),
    Complaint(
        3,
        "Posting the same Bundle again violates a constraint.",
        "Conditional entries answer 200 with what is there.",
        (
            f"{HTTP}/test_bundle.py::test_transaction_posted_again_creates_nothing_new",
            f"{HTTP}/test_conditions.py::test_bundle_posted_again_changes_nothing",
        ),
    ),
    Complaint(
        4,
        "Expunging takes hours, because deletes scan whole tables.",
        "Rows are removed by their keys; what would be read is found by an index.",
        (
            f"{HTTP}/test_purge.py::test_patient_is_expunged_with_all_that_goes_along",
            f"{STORE}/test_erase.py::test_nothing_is_removed_by_a_full_scan",
        ),
    ),
    Complaint(
        5,
        "Paging by time alone stops, or repeats, at rows of one moment.",
        "Pages and steps go by time and key together.",
        (
            f"{STORE}/test_erase.py::test_many_versions_of_one_moment_go_in_steps_that_end",
            f"{HTTP}/test_history.py::test_pages_neither_repeat_nor_miss_a_version_of_one_moment",
            f"{SEARCH}/test_paging.py::test_pages_show_every_match_once_in_order",
        ),
    ),
    Complaint(
        6,
        "A small expunge waits for minutes for a job poller.",
        "Small ones are done at once and answered with 200; only large ones become a job.",
        (f"{HTTP}/test_purge.py::test_history_before_a_moment_is_purged",),
    ),
    Complaint(
        7,
        "Expunging everything leaves rows behind.",
        "Resources, versions, index rows, links and kept answers go in one commit.",
        (
            f"{HTTP}/test_purge.py::test_patient_is_expunged_with_all_that_goes_along",
            f"{STORE}/test_erase.py::test_erased_resource_leaves_no_row",
        ),
    ),
    Complaint(
        8,
        "Reindex jobs stay queued for ever.",
        "A job exists with its commit, is leased, and is taken over where it was; its state and "
        "reason are told by the search that waits for it.",
        (
            f"{STORE}/test_jobs.py::test_job_of_work_undone_does_not_exist",
            f"{STORE}/test_jobs.py::test_lost_worker_is_replaced_after_its_lease",
            f"{JOB}::test_job_that_is_taken_over_goes_on_where_it_was",
            f"{DRIFT}::test_command_builds_a_parameter_whose_job_came_to_nothing",
        ),
    ),
    Complaint(
        9,
        "A reindex is completed with nothing processed.",
        "A job is done only when every resource was processed; else it failed, with counts.",
        (
            f"{JOB}::test_walk_that_saw_nothing_is_not_done",
            f"{JOB}::test_resource_that_cannot_be_read_fails_the_job_with_its_reason",
        ),
    ),
    Complaint(
        10,
        "A new search parameter is never applied to what is stored.",
        "A resumable job indexes it; until then searches by it are refused with its progress.",
        (
            f"{CUSTOM}::test_stored_and_new_resources_are_found_once_the_job_is_done",
            f"{CUSTOM}::test_search_is_refused_with_the_job_and_its_progress_until_then",
            f"{JOB}::test_job_waits_for_writes_that_began_before_the_parameter",
            f"{HTTP}/test_parameters.py::test_parameter_is_searched_by_once_it_is_ready",
        ),
    ),
    Complaint(
        11,
        "Reindexing slows down as a session grows.",
        "Steps are short transactions without sessions of objects: five times as many resources "
        "take no more memory.",
        (f"{OWN}/test_index.py::test_reindexing_more_takes_no_more_memory",),
    ),
    Complaint(
        12,
        "Long lists of alternatives hang.",
        "A list is one parameter of the statement and looked up by the index; its limit is told.",
        (
            f"{SEARCH}/test_terminology.py::test_long_list_of_alternatives_is_one_parameter",
            f"{SEARCH}/test_terminology.py::test_long_list_is_looked_up_in_the_index",
            f"{SEARCH}/test_chain.py::test_thousands_of_alternatives_are_one_set",
        ),
    ),
    Complaint(
        13,
        "Counting costs seconds on every search.",
        "Nothing is counted unless it is asked for.",
        (
            f"{SEARCH}/test_search.py::test_search_is_few_statements",
            f"{HTTP}/test_search.py::test_count_alone",
        ),
    ),
    Complaint(
        14,
        "An accurate total is an estimate on large data.",
        "An accurate total is exact; an estimate beyond its limit is marked as one.",
        (
            f"{SEARCH}/test_total.py::test_accurate_is_exact_whatever_the_limit",
            f"{SEARCH}/test_total.py::test_estimate_beyond_the_limit_is_marked",
        ),
    ),
    Complaint(
        15,
        "Chains join by texts.",
        "References are indexed by the integer key of their target.",
        (
            f"{SEARCH}/test_chain.py::test_searches_through_references_find_what_they_should",
            f"{SEARCH}/test_chain.py::test_chain_follows_what_references_and_targets_have_become",
        ),
    ),
    Complaint(
        16,
        "An upgrade makes plans worse.",
        "A database that was upgraded reads no more for a search than a new one, and statistics "
        "are gathered as it grows.",
        (
            "complaints/test_plans.py::test_searches_read_no_more_after_an_upgrade",
            f"{SEARCH}/test_explain.py::test_search_enters_by_its_values",
            f"{STORE}/test_growth.py::test_statistics_are_gathered_when_the_database_has_grown",
        ),
    ),
    Complaint(
        17,
        "The planner misjudges values that most resources have.",
        "Criteria are ordered by what they are expected to find, and a newest page stops early: "
        "eight times as many resources of one value are no more to read. SQLite, which knows no "
        "frequencies of values, counts a few rows of each criterion first, and starts from a rare "
        "one.",
        (
            "complaints/test_plans.py::test_common_values_do_not_make_a_search_read_more",
            "complaints/test_plans.py::test_rare_code_beside_common_ones_is_looked_up",
            f"{SEARCH}/test_lead.py::test_what_has_few_rows_leads_on_sqlite_alone",
            f"{SEARCH}/test_explain.py::test_newest_page_is_read_in_order_without_sorting",
            f"{SEARCH}/test_explain.py::test_search_enters_by_its_values",
        ),
    ),
    Complaint(
        18,
        "The time limit of statements is set on some connections only, and ends in 500.",
        "It is set as each connection opens; a statement stopped is 503 and too-costly.",
        ("integration/db/test_engine.py::test_time_limit_holds_on_every_connection",),
    ),
    Complaint(
        19,
        "Large Bundles time out.",
        "All rows of a Bundle are a few statements.",
        (
            f"{HTTP}/test_bundle.py::test_three_hundred_entries_take_under_a_second",
            f"{STORE}/test_statements.py::test_creating_many_is_one_statement",
        ),
    ),
    Complaint(
        20,
        "SQLite commits several times a resource.",
        "Writers of one moment share a commit; a load commits by the hundred.",
        (
            f"{STORE}/test_commits.py::test_writers_of_one_moment_share_a_transaction",
            "integration/bulk/test_load.py::test_more_than_one_group_is_stored",
        ),
    ),
    Complaint(
        21,
        "A date that cannot be read is indexed as now.",
        "It is refused on write; stored all the same, it has no index row.",
        (f"{OWN}/test_index.py::test_date_that_is_none_is_not_indexed",),
    ),
    Complaint(
        22,
        "The database is locked when many write.",
        "One process writes by one queue, several wait for each other.",
        (
            f"{STORE}/test_races.py::test_processes_write_side_by_side",
            f"{STORE}/test_commits.py::test_writers_of_one_moment_share_a_transaction",
        ),
    ),
    Complaint(
        23,
        "A misspelt filter is ignored and everything is returned.",
        "It is refused with the parameters there are; only `handling=lenient` lets it pass, noted.",
        (
            f"{HTTP}/test_search.py::test_unknown_parameter_is_refused_unless_lenient",
            f"{HTTP}/test_bundle.py::test_misspelt_condition_is_refused_and_not_ignored",
        ),
    ),
    Complaint(
        24,
        "One question has five status codes.",
        "What is not known has one answer, wherever it is asked; nothing strange ends in 500.",
        (
            f"{HTTP}/test_terminology.py::test_system_that_is_not_loaded_has_one_answer",
            f"{HTTP}/test_fuzz.py::test_strange_searches_are_answered",
        ),
    ),
    Complaint(
        25,
        "Only the time of change sorts.",
        "Any parameter sorts, and its pages hold together.",
        (
            f"{SEARCH}/test_sort.py::test_any_parameter_gives_one_order_everywhere",
            f"{SEARCH}/test_sort.py::test_every_parameter_of_r4_sorts_or_is_refused_by_name",
            f"{CUSTOM}::test_it_sorts_chains_and_includes_like_any_other",
        ),
    ),
    Complaint(
        26,
        "Dates are those of UTC and miss local days.",
        "The zone of dates that name none is a setting.",
        (f"{OWN}/test_index.py::test_dates_are_those_of_the_zone_of_the_site",),
    ),
    Complaint(
        27,
        "One large transaction blocks all others.",
        "Bundles have a limit; loads and jobs commit in short steps between which others write.",
        (
            f"{HTTP}/test_settings.py::test_limits_are_told",
            f"{JOB}::test_writes_go_on_while_the_job_runs",
        ),
    ),
    Complaint(
        28,
        "What comes along is cut in silence.",
        "What is more than a page may bring follows by a link, and a note says so.",
        (
            f"{SEARCH}/test_include.py::test_what_is_cut_follows_by_a_link",
            f"{SEARCH}/test_include.py::test_depth_limit_is_told",
        ),
    ),
    Complaint(
        29,
        "Plans are shared between unlike values, and writers overwhelm the database.",
        "Each search is planned for its values; connections and writers are bounded, and who finds "
        "all of them busy is told 429 and when to come again.",
        (
            f"{SEARCH}/test_explain.py::test_search_enters_by_its_values",
            "integration/db/test_engine.py::test_all_connections_lent_is_too_much_at_once",
            "unit/fhir_server/db/test_turnstile.py::test_waiting_has_an_end",
        ),
    ),
    Complaint(
        30,
        "There are no transactions on one of the databases.",
        "A transaction is all or nothing on each.",
        (f"{HTTP}/test_bundle.py::test_transaction_is_all_or_nothing",),
    ),
    Complaint(
        31,
        "Histories of types and conditional deletes are asked for for years.",
        "They are there.",
        (
            f"{HTTP}/test_history.py::test_history_of_a_type_tells_how_each_version_came_about",
            f"{HTTP}/test_write.py::test_conditional_delete_deletes_one_or_nothing",
            f"{HTTP}/test_integrity.py::test_several_are_deleted_by_criteria_and_counted",
        ),
    ),
    Complaint(
        32,
        "Tombstones break reading a version.",
        "A deletion is a version of its own: gone when read, and the older ones stay.",
        (
            f"{HTTP}/test_write.py::test_deleted_resource_is_gone_but_keeps_its_past",
            f"{HTTP}/test_history.py::test_deleted_version_is_gone_and_older_ones_are_kept",
        ),
    ),
    Complaint(
        33,
        "Two conditional updates both create; the embedded database lacks features.",
        "One creates, the others update; every test runs on both databases.",
        (f"{OWN}/test_races.py::test_parallel_conditional_updates_make_one_resource",),
    ),
    Complaint(
        34,
        "After a lost connection nobody knows whether a Bundle was stored.",
        "Idempotency-Key returns the first answer again; `respond-async` needs no connection.",
        (
            f"{HTTP}/test_repeat.py::test_bundle_sent_again_gets_the_same_answer",
            f"{HTTP}/test_repeat.py::test_transaction_is_answered_later",
        ),
    ),
    Complaint(
        35,
        "Searches without indexes of one's own take minutes.",
        "Every search parameter is indexed from the first resource on.",
        (
            f"{SEARCH}/test_explain.py::test_search_enters_by_its_values",
            "conformance/test_search.py::test_every_parameter_finds_what_the_standard_says",
        ),
    ),
    Complaint(
        36,
        "Typed models make reading and writing twenty times slower.",
        "A resource stays its JSON, judged by compiled schemas; models are for the client.",
        (
            f"{OWN}/test_index.py::test_no_typed_model_is_loaded_to_serve",
            f"{VALIDATION}::test_synthea_resources_are_accepted_by_the_schema_alone",
        ),
    ),
    Complaint(
        37,
        "A parameter that takes the code of another breaks composites.",
        "The parts of a composite are found by the URL of their definition.",
        (f"{OWN}/test_composite.py::test_parts_are_found_by_the_url_of_their_definition",),
    ),
)


def complaint_rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the page. Raises NoSuchTest."""
    for one in COMPLAINTS:
        yield str(one.number), one.text, one.rule, proofs(one.tests)
