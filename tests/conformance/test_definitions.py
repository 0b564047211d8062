"""The shipped tables are what the compiler makes of the R4 definitions."""

from profiles.compiler.__main__ import TARGET, compile_folder
from tests.conformance.material import R4, needs_material


@needs_material
def test_compiling_again_gives_the_same_bytes() -> None:
    for name, content in compile_folder(R4).items():
        assert (TARGET / name).read_bytes() == content, name


def test_tables_stay_small() -> None:
    assert sum(file.stat().st_size for file in TARGET.iterdir()) < 3_000_000
