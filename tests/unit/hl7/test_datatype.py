import pytest

from hl7.datatype import FORMATS


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("NM", "1"), ("NM", "-1.50"), ("NM", ".5"), ("NM", "5."), ("NM", "+7"),
        ("SI", "12"),
        ("DT", "2024"), ("DT", "202402"), ("DT", "20240229"),
        ("TM", "10"), ("TM", "1030"), ("TM", "103015.1234"), ("TM", "1030+0100"),
        ("DTM", "2024"), ("DTM", "20240229"), ("DTM", "202402291030"), ("TS", "2024+0100"),
        ("DTM", "20240229103015.12-0500"), ("TS", "2024022910"),
    ],
)  # fmt: skip
def test_well_formed(datatype: str, text: str) -> None:
    assert FORMATS[datatype](text)


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("NM", "<5"), ("NM", "1,5"), ("NM", "."), ("NM", "1e3"), ("SI", "-1"),
        ("DT", "20240230"), ("DT", "0000"), ("DT", "202413"), ("DT", "2024-01-01"),
        ("TM", "2430"), ("TM", "1060"), ("DTM", "20230229"), ("DTM", "2024022925"),
        ("TS", "tomorrow"), ("DTM", "20240229103015+2500"),
    ],
)  # fmt: skip
def test_malformed(datatype: str, text: str) -> None:
    assert not FORMATS[datatype](text)
