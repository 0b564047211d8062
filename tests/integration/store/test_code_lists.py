"""The code lists of a site: replaced whole, read whole, each tenant's own."""

from datetime import date

import pytest

from fhir_server.outcome import Invalid, NotFound
from fhir_server.store import code_lists, partners
from fhir_server.store.partners import Directory, Partner, Party
from fhir_server.store.terms import terms_of
from fhir_server.store.unit_of_work import Store
from mappers.x12.check import check
from mappers.x12.codes.code_list import CodeRow
from tests.integration.store.sample import ELSEWHERE, HERE
from tests.unit.mappers.x12.rules.vector import CLAIM, swap

ROWS = (CodeRow("F331", date(2015, 10, 1)), CodeRow("F411", None, date(2030, 1, 1), "anxiety"))
PARTNER = Partner(
    id="north",
    name="North Health Plan",
    own=Party("PARITY01"),
    other=Party("NORTH"),
    transport=Directory("north/in", "north/out"),
    overlays=(
        {"shipped": "stedi"},
        {"change": [{"rule": "member-id", "severity": "off"}]},
    ),
)


def load(store: Store, *rows: CodeRow) -> code_lists.LoadedList:
    return store.transact(
        HERE, lambda work: code_lists.replace(work, "icd-10-cm", "icd.csv", rows or ROWS)
    )


def test_list_is_read_as_loaded(store: Store) -> None:
    made = load(store)
    with store.read(HERE) as reader:
        assert code_lists.loaded_lists(reader) == [made]
        lists = code_lists.all_lists(reader)
    assert (made.name, made.source, made.codes) == ("icd-10-cm", "icd.csv", 2)
    assert lists.text("icd-10-cm", "F411") == "anxiety"
    assert lists.lacks("icd-10-cm", "F331", date(2015, 9, 30))


def test_newer_file_takes_the_place_of_the_older(store: Store) -> None:
    load(store)
    load(store, CodeRow("Z000"))
    with store.read(HERE) as reader:
        lists = code_lists.all_lists(reader)
        assert [one.codes for one in code_lists.loaded_lists(reader)] == [1]
    assert lists.lacks("icd-10-cm", "F331", None)
    assert not lists.lacks("icd-10-cm", "Z000", None)


def test_other_tenant_has_no_list(store: Store) -> None:
    load(store)
    with store.read(ELSEWHERE) as reader:
        assert code_lists.loaded_lists(reader) == []


def test_list_is_taken_out(store: Store) -> None:
    load(store)
    store.transact(HERE, lambda work: code_lists.remove(work, "icd-10-cm"))
    with store.read(HERE) as reader:
        assert not code_lists.all_lists(reader).has("icd-10-cm")
    with pytest.raises(NotFound):
        store.transact(HERE, lambda work: code_lists.remove(work, "icd-10-cm"))


def test_claims_are_judged_by_lists_and_overlays(store: Store) -> None:
    load(store)
    store.transact(HERE, lambda work: partners.put(work, PARTNER))
    with store.read(HERE) as reader:
        terms, plain = terms_of(reader, "north"), terms_of(reader, "nobody")
    bad = swap(CLAIM, "ABF:F411=>ABF:F419", f"CLM*CLAIM1=>CLM*{'1' * 21}")
    assert [(one.id, one.severity) for one in check(bad, "", terms).findings] == [
        ("claim-number-length", "error"),
        ("icd-10-cm-unknown", "warning"),
    ]
    assert [one.severity for one in check(bad, "", plain).findings] == ["warning", "warning"]


def test_overlay_that_cannot_be_used_is_refused(store: Store) -> None:
    bad = Partner(
        id="south",
        name="South",
        own=Party("PARITY01"),
        other=Party("SOUTH"),
        transport=Directory("south/in", "south/out"),
        overlays=({"change": [{"rule": "no-rule", "severity": "off"}]},),
    )
    with pytest.raises(Invalid, match="no rule has this id"):
        store.transact(HERE, lambda work: partners.put(work, bad))
