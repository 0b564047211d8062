"""SMART scopes: what they mean, how they narrow, what they allow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.security.grant import narrow_scopes
from fhir_server.security.scope import (
    PERMISSIONS,
    BadScope,
    Scope,
    is_granted,
    parse_scope,
    parse_scopes,
)

scopes = st.builds(
    Scope,
    st.sampled_from(["*", "Patient", "Claim", "Observation"]),
    st.frozensets(st.sampled_from(PERMISSIONS), min_size=1),
)


@pytest.mark.parametrize(
    ("text", "type", "letters"),
    [
        ("system/*.cruds", "*", "cruds"),
        ("system/Patient.rs", "Patient", "rs"),
        ("system/Patient.c", "Patient", "c"),
        ("system/*.read", "*", "rs"),
        ("system/Claim.write", "Claim", "cud"),
        ("system/*.*", "*", "cruds"),
    ],
)
def test_scope_is_read(text: str, type: str, letters: str) -> None:
    assert parse_scope(text) == Scope(type, frozenset(letters))


@pytest.mark.parametrize(
    "text",
    [
        "patient/*.rs",
        "user/Patient.rs",
        "system/Patient",
        "system/Patient.",
        "system/Patient.sr",
        "system/Patient.rs?gender=female",
        "system/patient.rs",
        "openid",
        "",
    ],
)
def test_what_cannot_be_granted_is_no_scope(text: str) -> None:
    with pytest.raises(BadScope):
        parse_scope(text)


@given(scopes)
def test_scope_reads_as_it_writes(scope: Scope) -> None:
    assert parse_scope(str(scope)) == scope


@pytest.mark.parametrize(
    ("asked", "allowed", "granted"),
    [
        ("system/*.rs", "system/Patient.cruds", "system/Patient.rs"),
        ("system/Patient.cruds", "system/*.rs", "system/Patient.rs"),
        ("system/Claim.r", "system/Patient.r", ""),
        ("system/*.read", "system/*.cruds", "system/*.rs"),
        ("system/Patient.r system/*.r", "system/*.cruds", "system/*.r"),
    ],
)
def test_grant_is_the_part_that_is_allowed(asked: str, allowed: str, granted: str) -> None:
    narrowed = narrow_scopes(parse_scopes(asked), parse_scopes(allowed))
    assert " ".join(map(str, narrowed)) == granted


@given(st.lists(scopes), st.lists(scopes), st.sampled_from(["Patient", "Claim", "Account", "*"]))
def test_narrowed_scopes_allow_what_both_allow(
    asked: list[Scope], allowed: list[Scope], type: str
) -> None:
    granted = tuple(map(str, narrow_scopes(asked, allowed)))
    for letter in PERMISSIONS:
        both = is_granted(tuple(map(str, asked)), type, letter) and is_granted(
            tuple(map(str, allowed)), type, letter
        )
        assert is_granted(granted, type, letter) == both


def test_all_types_need_a_scope_on_all() -> None:
    assert not is_granted(("system/Patient.cruds",), "*", "r")
    assert is_granted(("system/*.r",), "*", "r")


def test_permissions_of_several_scopes_add_up() -> None:
    both = ("system/Patient.r", "system/*.s")
    assert is_granted(both, "Patient", "r")
    assert is_granted(both, "Patient", "s")
    assert not is_granted(both, "Claim", "r")
