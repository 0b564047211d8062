import pytest

from mappers.v2_fhir.timeline import EARLIEST, Stay, is_before, moment, placed


@pytest.mark.parametrize(
    ("one", "other", "before"),
    [
        ("2026-01-02", "2026-01-03", True),
        ("2026-01-02", "2026-01-02T08:00:00Z", False),
        ("2026-01-02T08:00:00Z", "2026-01-02", False),
        ("2026", "2026-05-01", False),
        ("2026-01-02T08:00:00+02:00", "2026-01-02T07:00:00Z", True),
        ("", "2026", True),
        ("2026", "", False),
        ("", "", False),
    ],
)
def test_day_is_not_before_its_own_hours(one: str, other: str, before: bool) -> None:
    assert is_before(one, other) is before


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01"])
def test_what_is_no_moment_is_before_all_others(text: str) -> None:
    assert moment(text) == EARLIEST


@pytest.mark.parametrize(("text", "month"), [("2026", 1), ("2026-03", 3), ("2026-03-04", 3)])
def test_partial_moment_is_its_beginning(text: str, month: int) -> None:
    assert moment(text).month == month


A, B = Stay("2026-01-02", "A"), Stay("2026-01-04", "B")


def test_late_value_stands_at_its_time() -> None:
    assert placed([A, B], Stay("2026-01-03", "C")) == [A, Stay("2026-01-03", "C"), B]


def test_value_told_twice_is_there_once() -> None:
    assert placed([A, B], A) == [A, B]


def test_value_that_is_not_firm_adds_nothing_where_it_holds() -> None:
    assert placed([A, B], Stay("2026-01-03", "A"), firm=False) == [A, B]
    assert len(placed([A, B], Stay("2026-01-03", "A"))) == 3


def test_higher_rank_of_one_moment_comes_last() -> None:
    low, high = Stay("2026-01-02", "arrived", 1), Stay("2026-01-02", "finished", 2)
    assert placed([high], low) == [low, high]
    assert placed([high], low, undoes=True) == [high, low]
