"""Colours of a judgement at a terminal; plain text where there is none or nobody wants them."""

import re

import click

_GRADES = {"error": "red", "warning": "yellow", "information": "blue"}
_VERDICTS = {"accepted": "green", "accepted-with-errors": "yellow", "rejected": "red"}
_FINDING = re.compile(
    r"(?P<lead>.*?)(?P<grade>error|warning|information) (?P<level>\[\d\])(?P<place>[^(:]*)"
    r"(?P<at>\([^)]*\))?(?P<text>: [^;]*)(?P<remedy>;.*?)?(?P<path> <- \S+)?"
)
_VERDICT = re.compile(r"(?P<lead>.*: )(?P<verdict>accepted(?:-with-errors)?|rejected)(?P<rest>.*)")
_SEGMENT = re.compile(
    r"(?P<ordinal> *\d+ +)(?P<loop>\[\w+\] )?(?P<id>[A-Z][A-Z0-9]{1,2})\b(?P<rest>.*)"
)


def painted(text: str) -> str:
    """Return the text of a judgement or an explanation with the colours of its parts."""
    return "\n".join(map(_line, text.splitlines()))


def _line(line: str) -> str:
    if found := _FINDING.fullmatch(line):
        return _finding(found)
    if found := _SEGMENT.fullmatch(line):
        loop = click.style(found["loop"] or "", fg="cyan")
        return f"{found['ordinal']}{loop}{click.style(found['id'], bold=True)}{found['rest']}"
    if found := _VERDICT.fullmatch(line):
        verdict = click.style(found["verdict"], fg=_VERDICTS[found["verdict"]], bold=True)
        return f"{found['lead']}{verdict}{found['rest']}"
    return line


def _finding(found: re.Match[str]) -> str:
    parts = (
        click.style(found["lead"], dim=True),
        click.style(found["grade"], fg=_GRADES[found["grade"]], bold=True),
        f" {found['level']}",
        click.style(found["place"], bold=True),
        click.style(found["at"] or "", dim=True),
        found["text"],
        click.style(found["remedy"] or "", fg="green"),
        click.style(found["path"] or "", fg="cyan"),
    )
    return "".join(parts)
