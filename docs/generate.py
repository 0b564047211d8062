"""Write the reference pages from the tables of the code: `python -m docs.generate`.

A page is a function from a table to Markdown. `tests/architecture` compares the files with what
this module would write, so a row that changes without its page fails the tests.
"""

import ast
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import click

from docs import conformance, x12, x12_rules
from docs.complaints import complaint_rows
from fhir_server.cli import COMMANDS, parity
from fhir_server.settings import Settings
from mappers.codes import CodeMap
from mappers.document import document_page
from mappers.fhir_x12 import health_code
from mappers.fhir_x12.describe import describe_codes, describe_loop
from mappers.fhir_x12.health_code import HEALTH_CODES
from mappers.fhir_x12.segment import LoopMap
from mappers.rule import Table
from mappers.v2_fhir.message import document_all as v2_pages
from profiles.definition import SearchParameter
from profiles.loader import Definitions, Json, load

FOLDER = Path(__file__).parent
V2, X12 = "mappers.v2_fhir", "mappers.fhir_x12"
NOTICE = "<!-- Written by `make docs` from the code. -->"


def pages() -> dict[str, str]:
    """Return every generated page by its path below `docs`."""
    definitions = load()
    return {
        "settings.md": settings_page(),
        "search-parameters.md": search_page(definitions),
        "commands.md": commands_page(),
        "conformance.md": conformance_page(),
        "operations.md": operations_page(definitions.own("operation")),
        "complaints.md": complaints_page(),
        "x12-rules.md": x12_rules_page(),
        "x12.md": x12_page(),
        "decisions/README.md": decisions_page(FOLDER / "decisions"),
        **mapping_pages(),
    }


def complaints_page() -> str:
    """Return what users of other servers complain of, what holds here, and the tests."""
    return page(
        "What users of other servers complain of",
        "Each row is a complaint found in the issues of other FHIR servers, the rule here, and the "
        "tests that show it on SQLite and PostgreSQL.",
        table(("", "complaint", "here", "shown by"), complaint_rows()),
    )


def x12_rules_page() -> str:
    """Return the rules X12 is judged by, level by level, and the lists a site may load."""
    levels = [
        f"## {title}\n\n{table(x12_rules.HEADER, list(x12_rules.rule_rows(level)))}"
        for level, title in x12_rules.LEVELS.items()
    ]
    syntax = table(x12_rules.SYNTAX_HEADER, list(x12_rules.syntax_rows()))
    lists = table(x12_rules.LIST_HEADER, list(x12_rules.list_rows()))
    return page(
        "The rules X12 is judged by",
        "An error rejects, a warning is noted. `STC` is the status a 277CA tells the finding by, "
        "`IK3` and `IK4` what a 999 does. Every rule has a pair of files in "
        "`tests/unit/mappers/x12/rules`: one that breaks it, one that nearly does. A partner's "
        "overlay (SNIP 7) turns rules off, grades them anew and adds checks of elements: see "
        "`mappers/x12/rules/overlay.py` for its form and `mappers/x12/overlays` for an example.",
        *levels,
        f"## SNIP 1 and 2: syntax and guide\n\n{syntax}",
        "## Code lists\n\nLoaded from the site's own licensed files: `parity x12 codes load LIST "
        f"FILE`.\n\n{lists}",
    )


def x12_page() -> str:
    """Return what is done with each X12 transaction set, and how a file is read."""
    return page(
        "X12: what is read, written, judged and mapped",
        "One row an implementation guide. Each is a table in `mappers/x12/sets`, is read, judged "
        "and written by the same engine, and has a full example in `tests/golden/x12/guides`.",
        table(x12.HEAD, x12.coverage_rows()),
        x12.NOTES,
    )


def settings_page() -> str:
    """Return the settings, one row a variable."""
    rows = [
        (f"`{row.variable}`", f"`{row.name}`", row.type, f"`{row.default}`", row.sentence)
        for row in Settings.rows()
    ]
    return page(
        "Settings",
        "Read once at start from the environment, over the TOML file that `PARITY_CONFIG` names.",
        table(("variable", "name in the file", "type", "default", "meaning"), rows),
    )


def commands_page() -> str:
    """Return the commands, one section each, with their arguments and options."""
    context = click.Context(parity, info_name="parity")
    sections = [section for name in COMMANDS for section in command_sections(context, name)]
    return page(
        "Commands",
        "Exit status 0: done, or judged good; 1: the input is judged bad; 2: it could not run.",
        *sections,
    )


def command_sections(parent: click.Context, name: str) -> Iterator[str]:
    """Yield the section of a command, or those of the commands below it."""
    group = parent.command
    command = group.get_command(parent, name) if isinstance(group, click.Group) else None
    if command is None:
        return
    context = click.Context(command, info_name=name, parent=parent)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from command_sections(context, inner)
        return
    usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    rows = [(code(record[0]), record[1]) for record in records if record and record[0] != "--help"]
    options = table(("option", "meaning"), rows) if rows else ""
    meaning = " ".join((command.help or "").split())
    yield f"## {context.command_path}\n\n{meaning}\n\n`{usage}`\n\n{options}"


def search_page(definitions: Definitions) -> str:
    """Return the search parameters: those of every type once, then those of each type."""
    by_type = {
        name: {
            code: one for code, one in definitions.search_parameters(name).items() if indexed(one)
        }
        for name in definitions.resource_types
    }
    uses = Counter(code for parameters in by_type.values() for code in parameters)
    shared = {code for code, count in uses.items() if count == len(by_type)}
    first = by_type[definitions.resource_types[0]]
    sections = ["## Every type\n", search_table(first[code] for code in sorted(shared))]
    for name, parameters in by_type.items():
        own = [parameters[code] for code in sorted(parameters) if code not in shared]
        sections += [f"## {name}\n", search_table(own) if own else "None of its own.\n"]
    return page(
        "Search parameters",
        "By resource type: R4's and our own. A search that names another one is refused.",
        *sections,
    )


def indexed(parameter: SearchParameter) -> bool:
    """Say whether values of the parameter are taken from the resource."""
    return parameter.expression is not None


def search_table(parameters: Iterable[SearchParameter]) -> str:
    """Return search parameters as a table."""
    rows = [(f"`{one.code}`", one.type, code(one.expression or "")) for one in parameters]
    return table(("parameter", "type", "expression"), rows)


def conformance_page() -> str:
    """Return the features beside those of other servers, each with the tests that show it."""
    return page(
        "Conformance",
        conformance.INTRODUCTION,
        table(conformance.HEAD, conformance.rows()),
    )


def operations_page(definitions: Sequence[Mapping[str, Json]]) -> str:
    """Return the operations, one section an OperationDefinition."""
    sections = [operation_section(definition) for definition in definitions]
    return page("Operations", "From the OperationDefinitions of `profiles/operation`.", *sections)


def operation_section(definition: Mapping[str, Json]) -> str:
    """Return an operation: where it is called, what it does, what goes in and out."""
    parameters = definition.get("parameter")
    rows = [
        [str(one.get(key, "")) for key in ("use", "name", "type", "min", "max", "documentation")]
        for one in (parameters if isinstance(parameters, Sequence) else ())
        if isinstance(one, Mapping)
    ]
    listed = table(("use", "name", "type", "min", "max", "meaning"), rows) if rows else ""
    places = "".join(f"- `{place}`\n" for place in operation_places(definition))
    return f"## ${definition['code']}\n\n{definition['description']}\n\n{places}\n{listed}".rstrip()


def operation_places(definition: Mapping[str, Json]) -> Iterator[str]:
    """Yield the paths at which an operation is called."""
    named = definition.get("resource")
    types = [str(name) for name in named] if isinstance(named, Sequence) else []
    call = f"${definition['code']}"
    if definition.get("system"):
        yield f"/fhir/{call}"
    for name in types:
        if definition.get("type"):
            yield f"/fhir/{name}/{call}"
        if definition.get("instance"):
            yield f"/fhir/{name}/{{id}}/{call}"


def decisions_page(folder: Path) -> str:
    """Return the list of the decision records."""
    records = sorted(folder.glob("[0-9]*.md"))
    titles = [record.read_text(encoding="utf-8").partition("\n")[0] for record in records]
    lines = [
        f"- [{record.name[:4]}]({record.name}) {re.sub(r'^# (?:[0-9]+[.:]? )?', '', title)}\n"
        for record, title in zip(records, titles, strict=True)
    ]
    return page(
        "Decisions",
        "Why the house is as it is. A record is superseded by a later one, never rewritten.",
        "".join(lines),
    )


def mapping_pages() -> dict[str, str]:
    """Return the mapping pages: by message for HL7 v2, by module for X12."""
    texts = {**v2_pages(), **x12_pages()}
    return {f"mappings/{name}.md": f"{NOTICE}\n\n{text.rstrip()}\n" for name, text in texts.items()}


def x12_pages() -> dict[str, str]:
    """Return a page for each module that holds mapping tables of X12, by name."""
    found: dict[str, str] = {}
    for module in modules_of(X12):
        tables, maps = rows_of(module)
        loops = loops_of(module)
        if tables or maps or loops:
            name = module.__name__.rpartition(".")[2]
            summary = (module.__doc__ or "").strip().partition("\n")[0]
            page = document_page(summary.rstrip("."), f"From `{module.__name__}`.", tables, maps)
            found[f"x12-{name.replace('_', '-')}"] = "\n".join([page, *loops])
    return found


def rows_of(module: ModuleType) -> tuple[tuple[Table, ...], tuple[CodeMap, ...]]:
    """Return the mapping tables and code maps a module defines, also those inside collections."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    assigned = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    ]
    values = [value for name in assigned for value in flattened(vars(module)[name])]
    unique = list({id(value): value for value in values}.values())
    tables = tuple(value for value in unique if isinstance(value, Table))
    return tables, tuple(value for value in unique if isinstance(value, CodeMap))


def loops_of(module: ModuleType) -> list[str]:
    """Return the sections of the loop maps a module defines, which read and write."""
    values = [value for name, value in vars(module).items() if name.isupper()]
    unique = {id(one): one for value in values for one in flattened(value)}
    own = [one for one in unique.values() if isinstance(one, LoopMap)]
    defined = [one for one in own if module.__name__.endswith("_table")]
    codes = [describe_codes(HEALTH_CODES)] if module is health_code else []
    return [*(describe_loop(one) for one in defined), *codes]


def flattened(value: object) -> Iterator[object]:
    """Yield the value, or the values inside it where it is a collection."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list):
        for inner in value:
            yield from flattened(inner)
    else:
        yield value


def modules_of(package: str) -> Iterator[ModuleType]:
    """Import and yield a package's modules, those of its subpackages too."""
    top = importlib.import_module(package)
    for info in pkgutil.walk_packages(top.__path__, f"{package}."):
        yield importlib.import_module(info.name)


def page(title: str, introduction: str, *sections: str) -> str:
    """Return a page: title, one sentence, sections."""
    parts = [NOTICE, f"# {title}", introduction, *(section.strip() for section in sections)]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell(text) for text in line)} |\n" for line in lines)


def cell(text: str) -> str:
    """Return text that cannot end its cell or its row."""
    return " ".join(text.replace("|", "\\|").split())


def code(text: str) -> str:
    """Return text set as code, or nothing."""
    return f"`{text}`" if text else ""


def write(folder: Path) -> None:
    """Write the pages below the folder and remove mapping pages whose table is gone."""
    written = pages()
    for stale in stale_pages(folder, written):
        stale.unlink()
    for path, text in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def stale_pages(folder: Path, written: Mapping[str, str]) -> list[Path]:
    """Return the mapping pages that no table stands behind any more."""
    known = {folder / path for path in written}
    return [page for page in sorted((folder / "mappings").rglob("*.md")) if page not in known]


if __name__ == "__main__":
    write(FOLDER)
