"""A text of which a part was lost is told from one that merely breaks rules."""

import pytest

from mappers.x12.reader import read
from mappers.x12.wholeness import loss
from tests.unit.mappers.fhir_x12.remit import PAID, remit

TEXT = remit(PAID, "92.5")


def lost(data: bytes) -> str:
    """Return the id of what tells that something is lacking, empty where nothing does."""
    document = read(data)
    for received in document.interchanges:
        for group in received.groups:
            for one in group.sets:
                found = loss(received, group, one)
                return found.id if found else ""
    return "nothing was read"


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (TEXT, ""),
        (TEXT.replace(b"C*CHK", b"Q*CHK"), ""),
        (TEXT.replace(b"LQ*HE*M15~", b""), "set-segment-count"),
        (TEXT[: TEXT.index(b"SE*")], "interchange-trailer-missing"),
        (TEXT.replace(b"GE*1*31", b"GE*1*32"), "group-control-mismatch"),
    ],
)
def test_trailers_and_counts_tell_what_is_lacking(data: bytes, id: str) -> None:
    assert lost(data) == id
