"""Whatever JSON is read is written back the same, and duplicates never pass."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.model.codec import decode, encode
from fhir_server.outcome import Malformed

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
DIGITS = st.from_regex(
    r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True
)
SCALARS = st.one_of(
    TEXT.map(lambda text: json.dumps(text, ensure_ascii=False)),
    TEXT.map(json.dumps),
    DIGITS,
    st.sampled_from(["true", "false", "null"]),
)
GAP = st.sampled_from(["", "", " ", "\n  ", "\t"])


def spell_array(items: list[str], gap: str) -> str:
    return f"[{gap}{f'{gap},{gap}'.join(items)}{gap}]"


def spell_object(members: dict[str, str], gap: str) -> str:
    pairs = [
        f"{json.dumps(name, ensure_ascii=False)}{gap}:{gap}{value}"
        for name, value in members.items()
    ]
    return "{" + gap + f"{gap},{gap}".join(pairs) + gap + "}"


JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(spell_array, st.lists(inner, max_size=4), GAP),
        st.builds(spell_object, st.dictionaries(TEXT, inner, max_size=4), GAP),
    ),
    max_leaves=12,
)
BODIES = st.builds(spell_object, st.dictionaries(TEXT, JSON, max_size=5), GAP)


@given(BODIES)
def test_body_is_read_as_the_standard_reader_reads_it(body: str) -> None:
    assert decode(body.encode()) == json.loads(body, parse_float=Decimal)


@given(BODIES)
def test_writing_and_reading_again_changes_nothing(body: str) -> None:
    written = encode(decode(body.encode()))
    assert encode(decode(written)) == written
    assert json.loads(written, parse_float=str, parse_int=str) == json.loads(
        body, parse_float=str, parse_int=str
    )


@given(DIGITS)
def test_every_number_keeps_its_spelling(number: str) -> None:
    body = f'{{"a":[{number}]}}'.encode()
    assert encode(decode(body)) == body


@given(BODIES, TEXT, JSON, JSON)
def test_duplicate_member_never_passes(body: str, name: str, first: str, second: str) -> None:
    plain, escaped = json.dumps(name, ensure_ascii=False), json.dumps(name)
    text = f'{{"outer":[{body}],"in":{{{plain}:{first},{escaped}:{second}}}}}'
    with pytest.raises(Malformed):
        decode(text.encode())
