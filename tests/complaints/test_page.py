"""The page of complaints has every number once, in order, each with a proof."""

from docs.complaints import COMPLAINTS, complaint_rows


def test_every_complaint_is_answered_and_proven() -> None:
    assert [one.number for one in COMPLAINTS] == list(range(1, 38))
    assert all(one.tests for one in COMPLAINTS)
    assert len(list(complaint_rows())) == 37
