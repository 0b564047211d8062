"""Compile the R4 definition bundles of a folder into `profiles/base`."""

import argparse
import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

import msgspec

from profiles.compiler.search import compile_compartments, compile_search
from profiles.compiler.source import JsonObject, child, last_segment, objects, resources, text
from profiles.compiler.structure import TypeTable, compile_types, required_value_set
from profiles.compiler.terminology import Codes, compile_code_lists
from profiles.compiler.valueset import compile_terminology

TARGET = Path(__file__).parent.parent / "base"
RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"


def main(arguments: list[str]) -> int:
    """Compile the bundles of the folder given and write the tables; return the exit status."""
    parser = argparse.ArgumentParser(prog="profiles.compiler", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the R4 definition bundles")
    parser.add_argument("--target", type=Path, default=TARGET, help="where the tables go")
    options = parser.parse_args(arguments)
    options.target.mkdir(parents=True, exist_ok=True)
    for name, content in compile_folder(options.folder).items():
        (options.target / name).write_bytes(content)
    return 0


def compile_folder(folder: Path) -> dict[str, bytes]:
    """Return the content of each file of `profiles/base` by file name."""
    value_sets = {text(v, "url"): v for v in _terminology(folder, "ValueSet")}
    systems = {text(s, "url"): s for s in _terminology(folder, "CodeSystem")}
    structures = list(_structures(folder, systems))
    lists = compile_code_lists(_required(structures), value_sets, systems)
    types = compile_types(iter(structures), lists)
    names = sorted(name for name, (kind, _) in types.items() if kind == "resource")
    search = compile_search(resources(folder, "search-parameters", "SearchParameter"), names)
    compartments = compile_compartments(resources(folder, "compartments", "CompartmentDefinition"))
    return {
        "types.json": _type_file(types),
        "searchparameters.json": _table(search),
        "codes.json": _table(_code_file(lists)),
        "terminology.json.gz": compile_terminology(
            _shipped(folder, "ValueSet"), _shipped(folder, "CodeSystem")
        ),
        "compartments.json": msgspec.json.format(msgspec.json.encode(compartments), indent=1)
        + b"\n",
    }


def _terminology(folder: Path, resource_type: str) -> Iterator[JsonObject]:
    return chain(
        resources(folder, "valuesets", resource_type),
        resources(folder, "v3-codesystems", resource_type),
    )


def _shipped(folder: Path, resource_type: str) -> Iterator[JsonObject]:
    yield from _terminology(folder, resource_type)
    yield from resources(folder, "v2-tables", resource_type)


def _structures(folder: Path, systems: Mapping[str, JsonObject]) -> Iterator[JsonObject]:
    """Yield the data types, and the resources that R4 itself lists as resource types."""
    yield from resources(folder, "profiles-types", "StructureDefinition")
    r4 = {text(concept, "code") for concept in objects(systems[RESOURCE_TYPES], "concept")}
    for definition in resources(folder, "profiles-resources", "StructureDefinition"):
        if text(definition, "type") in r4:
            yield definition


def _required(structures: list[JsonObject]) -> Iterator[str]:
    for definition in structures:
        for element in objects(child(definition, "snapshot"), "element"):
            value_set = required_value_set(element)
            if value_set:
                yield value_set


def _code_file(lists: Mapping[str, Codes]) -> dict[str, JsonObject]:
    return {
        last_segment(url): {
            "url": url,
            "systems": {system: [*sorted(codes)] for system, codes in sorted(lists[url].items())},
        }
        for url in lists
    }


def _type_file(types: TypeTable) -> bytes:
    kinds = _table({name: kind for name, (kind, _) in types.items()})
    elements = _table({name: rows for name, (_, rows) in types.items() if rows})
    return b'{"kinds":' + kinds.rstrip() + b',"elements":' + elements.rstrip() + b"}\n"


def _table(rows: Mapping[str, object]) -> bytes:
    """Return a JSON object of one line a member, sorted, so that a change reads as a diff."""
    lines = (
        msgspec.json.encode(name) + b":" + msgspec.json.encode(rows[name]) for name in sorted(rows)
    )
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
