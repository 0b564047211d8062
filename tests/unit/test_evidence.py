"""A page names only tests that are there."""

import pytest

from docs.evidence import NoSuchTest, proofs


def test_test_that_is_there_is_linked() -> None:
    here = "unit/test_evidence.py"
    assert proofs([f"{here}::test_test_that_is_there_is_linked"]) == (
        f"[test_that_is_there_is_linked](../tests/{here})"
    )


def test_test_that_is_not_there_is_told() -> None:
    for wrong in ("unit/test_evidence.py::test_nothing", "unit/test_nowhere.py::test_x"):
        with pytest.raises(NoSuchTest):
            proofs([wrong])
