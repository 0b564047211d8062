from hypothesis import given
from hypothesis import strategies as st

from fhir_server.search.rows import Rows

NUMBER = st.integers(-(2**63), 2**63 - 1)
FLOAT = st.floats(allow_nan=False)


def test_rows_are_sorted_and_distinct() -> None:
    rows = Rows.of([3, 1, 3], [(2, 1), (2, 1)], [(1, "b"), (1, "a")])
    assert rows == Rows((1, 3), ((2, 1),), ((1, "a"), (1, "b")))


@given(
    st.lists(NUMBER, max_size=4),
    st.lists(st.tuples(NUMBER, st.text(max_size=4)), max_size=4),
    st.lists(st.tuples(NUMBER, FLOAT, FLOAT), max_size=4),
)
def test_hash_does_not_depend_on_order(
    eq: list[int], text: list[tuple[int, str]], num: list[tuple[int, float, float]]
) -> None:
    one = Rows.of(eq, str=text, num=num)
    other = Rows.of(reversed(eq), str=reversed(text), num=reversed(num))
    assert one.hash == other.hash


def test_hash_tells_rows_and_tables_apart() -> None:
    hashes = {
        Rows().hash,
        Rows(eq=(1,)).hash,
        Rows(eq=(2,)).hash,
        Rows(ref=((1, 2),)).hash,
        Rows(eq=(1, 2)).hash,
        Rows(date=((1, 2, 3),)).hash,
        Rows(eq=(1, 2, 3)).hash,
        Rows(str=((1, "a"),)).hash,
        Rows(str=((1, "b"),)).hash,
        Rows(num=((1, 0.5, 0.5),)).hash,
        Rows(num=((1, 0.5, 0.6),)).hash,
    }
    assert len(hashes) == 11
