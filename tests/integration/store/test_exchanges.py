"""The journal of texts: kept byte for byte, found again, never twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from fhir_server.outcome import NotFound
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import ELSEWHERE, HERE

BYTES = bytes(range(256))
FACTS = Facts("payer", "835", "000000001", "PAYER", "US", "a.835")


def keep(store: Store, body: bytes = BYTES, facts: Facts = FACTS) -> Exchange:
    with store.write(HERE) as work:
        return exchanges.keep(work, "x12", "in", body, facts, "received")


def test_text_is_kept_byte_for_byte(store: Store) -> None:
    kept = keep(store)
    with store.read(HERE) as reader:
        assert exchanges.get(reader, kept.id) == kept
    assert kept.body == BYTES
    assert kept.facts == FACTS
    assert (kept.reply, kept.report, kept.state) == (None, None, "received")


def test_what_became_of_it_is_noted(store: Store) -> None:
    kept = keep(store, facts=Facts(name="a.835"))
    with store.write(HERE) as work:
        exchanges.set_state(work, kept.id, "applied", facts=FACTS, report={"findings": []})
        exchanges.set_state(work, kept.id, "answered", reply=b"ISA*")
    with store.read(HERE) as reader:
        found = exchanges.get(reader, kept.id)
    assert (found.state, found.facts, found.reply) == ("answered", FACTS, b"ISA*")
    assert found.report == {"findings": []}
    assert found.body == BYTES


def test_unknown_exchange_is_not_found(store: Store) -> None:
    with store.write(HERE) as work:
        for call in (
            lambda: exchanges.get(work, 1),
            lambda: exchanges.lock(work, 1),
            lambda: exchanges.set_state(work, 1, "sent"),
        ):
            with pytest.raises(NotFound):
                call()


def test_other_tenant_sees_nothing(store: Store) -> None:
    kept = keep(store)
    with store.write(ELSEWHERE) as work:
        with pytest.raises(NotFound):
            exchanges.get(work, kept.id)
        assert exchanges.duplicate(work, "x12", "in", BYTES, FACTS) is None
        assert exchanges.in_state(work, "x12", "in", "received") == []
        assert exchanges.counts(work) == {}


def test_same_text_at_once_is_kept_once(store: Store) -> None:
    def receive(_: int) -> tuple[int, bool]:
        with store.write(HERE) as work:
            one = exchanges.keep_once(work, "x12", "in", BYTES, FACTS, "received")
        return one.exchange.id, one.is_new

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(receive, range(8)))
    assert len({id for id, _ in answers}) == 1
    assert sum(new for _, new in answers) == 1


def test_another_text_with_the_same_control_number_is_not_the_same(store: Store) -> None:
    first, second = keep(store), keep(store, b"other")
    with store.read(HERE) as reader:
        found = exchanges.duplicate(reader, "x12", "in", b"other", FACTS)
        both = exchanges.with_control(reader, "x12", "in", "PAYER", "000000001")
    assert found == second
    assert both == [first, second]


def test_control_number_used_again_is_told(store: Store) -> None:
    first = keep(store)
    with store.write(HERE) as work:
        second = exchanges.keep_once(work, "x12", "in", b"other", FACTS, "received")
        again = exchanges.keep_once(work, "x12", "in", BYTES, FACTS, "received")
    assert (second.is_new, second.other) == (True, first.id)
    assert (again.exchange, again.is_new, again.other) == (first, False, second.exchange.id)


def test_exchange_names_its_resources(store: Store) -> None:
    kept, other = keep(store), keep(store, b"other")
    claim, payment = Link("Claim", "1", "2000/CLP"), Link("PaymentReconciliation", "2")
    with store.write(HERE) as work:
        exchanges.link(work, kept.id, [claim, payment, claim])
        exchanges.link(work, kept.id, [payment])
        exchanges.link(work, other.id, [claim])
        exchanges.link(work, other.id, [])
    with store.read(HERE) as reader:
        assert exchanges.links_of(reader, kept.id) == [claim, payment]
        found = exchanges.of_resource(reader, "Claim", "1")
        assert [one.id for one in found] == [kept.id, other.id]
        assert exchanges.of_resource(reader, "Claim", "2") == []


def test_exchanges_are_listed_by_state_and_in_order(store: Store) -> None:
    kept = [keep(store, str(number).encode()) for number in range(5)]
    with store.write(HERE) as work:
        exchanges.set_state(work, kept[1].id, "applied")
    with store.read(HERE) as reader:
        waiting = exchanges.in_state(reader, "x12", "in", "received", limit=3)
        assert [one.body for one in waiting] == [b"0", b"2", b"3"]
        assert [one.body for one in exchanges.after(reader, kept[2].id)] == [b"3", b"4"]
        assert exchanges.counts(reader) == {
            ("x12", "in", "applied"): 1,
            ("x12", "in", "received"): 4,
        }


def test_locked_exchange_is_moved_by_one_at_a_time(store: Store) -> None:
    kept = keep(store)

    def send(_: int) -> bool:
        with store.write(HERE) as work:
            if exchanges.lock(work, kept.id).state != "received":
                return False
            exchanges.set_state(work, kept.id, "sent")
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(8))) == 1
