"""A table as Markdown, so that the mapping pages say what the code does."""

from collections.abc import Iterable

from mappers.codes import CodeMap, Row
from mappers.path import text
from mappers.rule import Rule, Table, describe


def document_table(table: Table) -> str:
    """Return the table as a Markdown section: one row a rule."""
    lines = [f"## {table.source} to {table.target}", ""]
    if table.note:
        lines += [table.note, ""]
    lines += ["| source | target | transformation | codes | condition | note |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [_row(_cells(rule)) for rule in table.rules]
    if table.structural:
        lines += ["", f"Structure only: {', '.join(table.structural)}."]
    return "\n".join(lines) + "\n"


def document_codes(code_map: CodeMap) -> str:
    """Return the code map as a Markdown section: one row a code."""
    lines = [f"## {code_map.name}", "", f"{code_map.source} to {code_map.system or 'code'}.", ""]
    lines += ["| code | target | note |", "|---|---|---|"]
    lines += [_row((row.code, _target(row), row.note)) for row in code_map.rows]
    if code_map.keep_unknown:
        lines += ["| any other | as sent | |"]
    return "\n".join(lines) + "\n"


def document_page(
    title: str, introduction: str, tables: Iterable[Table], maps: Iterable[CodeMap] = ()
) -> str:
    """Return a whole page: the tables, then the code maps they use."""
    sections = [f"# {title}\n", f"{introduction}\n"]
    sections += [document_table(table) for table in tables]
    sections += [document_codes(code_map) for code_map in maps]
    return "\n".join(sections)


def _target(row: Row) -> str:
    return f"{row.target} ({row.system})" if row.system else row.target or "none"


def _cells(rule: Rule) -> tuple[str, ...]:
    source = rule.source or f'"{text(rule.constant)}"'
    target = f"{rule.target} (required)" if rule.required else rule.target
    using = rule.using if rule.source else "constant"
    if rule.source and rule.constant is not None:
        using = f'{using} "{text(rule.constant)}"'
    return source, target, using, rule.codes, describe(rule.when), rule.note


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
