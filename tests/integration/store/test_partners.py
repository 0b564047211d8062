"""Trading partners as rows of configuration."""

from dataclasses import replace

import pytest

from fhir_server.outcome import Invalid, NotFound
from fhir_server.store import partners
from fhir_server.store.partners import Delimiters, Directory, Partner, Party
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import ELSEWHERE, HERE

PARTNER = Partner(
    id="north",
    name="North Health Plan",
    own=Party("PARITY01", "ZZ", "PARITYGS", "Riverside"),
    other=Party("NORTH", "30"),
    transport=Directory("north/in", "north/out"),
    payer_ids=("NHP01", "NHP02"),
    delimiters=Delimiters(segment="\n"),
    guides={"837P": "005010X222A1"},
)


def put(store: Store, partner: Partner) -> None:
    with store.write(HERE) as work:
        partners.put(work, partner)


def test_partner_is_read_as_written(store: Store) -> None:
    put(store, PARTNER)
    with store.read(HERE) as reader:
        assert partners.get(reader, "north") == PARTNER
    assert PARTNER.own.application == "PARITYGS"
    assert PARTNER.other.application == "NORTH"


def test_partner_is_replaced(store: Store) -> None:
    put(store, PARTNER)
    put(store, replace(PARTNER, usage="P"))
    with store.read(HERE) as reader:
        assert [one.usage for one in partners.all_partners(reader)] == ["P"]


def test_partner_of_a_payer_is_found(store: Store) -> None:
    put(store, PARTNER)
    put(store, replace(PARTNER, id="south", payer_ids=("SHP01",)))
    with store.read(HERE) as reader:
        assert partners.of_payer(reader, "NHP02") == PARTNER
        south = partners.of_payer(reader, "SHP01")
        assert south is not None
        assert south.id == "south"
        assert partners.of_payer(reader, "unknown") is None


def test_other_tenant_has_other_partners(store: Store) -> None:
    put(store, PARTNER)
    with store.write(ELSEWHERE) as work:
        assert partners.all_partners(work) == []
        with pytest.raises(NotFound):
            partners.remove(work, "north")


def test_removed_partner_is_not_found(store: Store) -> None:
    put(store, PARTNER)
    with store.write(HERE) as work:
        partners.remove(work, "north")
    with store.read(HERE) as reader, pytest.raises(NotFound):
        partners.get(reader, "north")


def test_what_is_no_partner_is_refused_by_member() -> None:
    with pytest.raises(Invalid, match="own"):
        partners.decode_partner(b'{"id": "x", "name": "X"}')
