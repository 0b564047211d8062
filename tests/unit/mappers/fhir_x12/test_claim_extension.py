"""Every extension of the claim maps is defined, with the parts that are written."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mappers.fhir_x12 import claim_table, coverage_table, line_table, party_table
from mappers.fhir_x12.claim_extension import CLAIM_MEANINGS
from mappers.fhir_x12.extension import MEANINGS, Meaning
from mappers.fhir_x12.segment import Either, Field, LoopMap, Pair
from mappers.fhir_x12.system import EXTENSION

FOLDER = Path(__file__).parents[4] / "profiles" / "extension"
URL = re.compile(r"extension\[url=([^\]]+)\]")


def written() -> Iterator[list[str]]:
    """Yield the urls of extensions on each path of the tables, outermost first."""
    for module in (party_table, coverage_table, claim_table, line_table):
        for loop in vars(module).values():
            segments = loop.segments if isinstance(loop, LoopMap) else ()
            for one in segments:
                if not isinstance(one, Pair):
                    yield from (URL.findall(f"{one.each}.{path}") for path in paths(one))


def paths(segment: object) -> Iterator[str]:
    for row in getattr(segment, "rows", ()):
        if isinstance(row, Field):
            yield from row.paths
        elif isinstance(row, Either):
            yield from (one.path for one in row.choices)


def defined(id: str) -> set[str]:
    """Return the names of the parts of a definition."""
    tree = json.loads((FOLDER / f"{id}.json").read_text())
    return {one["sliceName"] for one in tree["differential"]["element"] if "sliceName" in one}


@pytest.mark.parametrize("meaning", CLAIM_MEANINGS, ids=lambda one: one.id)
def test_extension_is_defined(meaning: Meaning) -> None:
    tree = json.loads((FOLDER / f"{meaning.id}.json").read_text())
    assert tree["url"] == meaning.url
    assert tree["description"] == meaning.meaning
    assert [one["expression"] for one in tree["context"]] == list(meaning.contexts)
    values = [one for one in tree["differential"]["element"] if one["id"] == "Extension.value[x]"]
    assert ("type" in values[0]) == bool(meaning.value)


def test_tables_write_nothing_that_is_not_defined() -> None:
    known = {one.url for one in (*CLAIM_MEANINGS, *MEANINGS)}
    lacking = set()
    for urls in written():
        for at, url in enumerate(urls):
            if url.startswith(EXTENSION):
                lacking |= {url} - known
                part = urls[at + 1] if at + 1 < len(urls) else ""
                if part and not part.startswith(EXTENSION):
                    id = url.rpartition("/")[2]
                    lacking |= {f"{id} {part}"} - {f"{id} {name}" for name in defined(id)}
    assert lacking == set()
