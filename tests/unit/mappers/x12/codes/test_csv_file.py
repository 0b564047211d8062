"""A site's own files of code lists: columns by name, days in three forms, bad lines told."""

from datetime import date

import pytest

from mappers.x12.codes.catalog import BY_NAME, LISTINGS
from mappers.x12.codes.code_list import CodeLists, CodeRow, indexed
from mappers.x12.codes.csv_file import NoCodes, read_csv
from mappers.x12.codes.shipped import GLOSSES, told
from mappers.x12.rules.listed import LISTED

CARC = BY_NAME["carc"]


def rows(text: str, name: str = "carc") -> tuple[CodeRow, ...]:
    return read_csv(text.splitlines(), BY_NAME[name]).rows


def test_columns_are_found_by_name() -> None:
    text = "Description,Start,CODE,Stop\nDeductible,1/1/1995,1,\nOld,19950101,A1,2020-06-30\n"
    assert rows(text) == (
        CodeRow("1", date(1995, 1, 1), None, "Deductible"),
        CodeRow("A1", date(1995, 1, 1), date(2020, 6, 30), "Old"),
    )


def test_codes_lose_their_dots_and_case() -> None:
    assert rows("code,name\nf33.1,x\n", "icd-10-cm") == (CodeRow("F331", None, None, "x"),)


def test_lines_that_cannot_be_read_are_told() -> None:
    found = read_csv(["code,start", "45,", "not a code,", "", "3,soon"], CARC)
    assert [row.code for row in found.rows] == ["45"]
    assert found.problems == (
        "line 3: not the form of a code",
        "line 5: a day is written 2026-01-31, 20260131 or 1/31/2026",
    )


def test_many_bad_lines_are_counted() -> None:
    found = read_csv(["code", "45", *["?"] * 25], CARC)
    assert len(found.problems) == 21
    assert found.problems[-1] == "5 further lines"


@pytest.mark.parametrize("lines", [[], ["a,b", "1,2"], ["code", "?"]], ids=["none", "names", "bad"])
def test_file_without_codes_is_refused(lines: list[str]) -> None:
    with pytest.raises(NoCodes):
        read_csv(lines, CARC)


def test_code_is_held_in_its_days() -> None:
    lists = CodeLists({"carc": indexed(rows("code,start,stop\n45,20200101,20201231\n"))})
    assert not lists.lacks("carc", "45", date(2020, 6, 1))
    assert not lists.lacks("carc", "45", None)
    assert lists.lacks("carc", "45", date(2021, 1, 1))
    assert lists.lacks("carc", "46", None)
    assert not lists.lacks("rarc", "N1", None)


def test_every_list_the_rules_ask_can_be_loaded() -> None:
    assert {one.list for one in LISTED} <= set(BY_NAME)
    assert set(GLOSSES) <= set(BY_NAME)


@pytest.mark.parametrize("name", GLOSSES)
def test_codes_we_gloss_have_the_form_of_their_list(name: str) -> None:
    assert [code for code in GLOSSES[name] if not BY_NAME[name].is_code(code)] == []


def test_loaded_words_come_before_ours() -> None:
    lists = CodeLists({"carc": indexed([CodeRow("45", text="over the fee")])})
    assert told(lists, "carc", "45") == "45 (over the fee)"
    assert told(CodeLists(), "carc", "45") == "45 (above the agreed fee)"
    assert told(CodeLists(), "carc", "999") == "999"


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(LISTINGS)


PUBLISHED: dict[str, tuple[str, str, tuple[CodeRow, ...]]] = {
    "X12, reasons": (
        "carc",
        (
            "Code,Description,Start Date,Last Modified,Stop Date,Notes\n"
            '"45","Synthetic words, with a comma","1/1/1995","7/1/2017","",""\n'
            '"A9","Old words","1/1/1995","","6/30/2007","Use another"\n'
        ),
        (
            CodeRow("45", date(1995, 1, 1), None, "Synthetic words, with a comma"),
            CodeRow("A9", date(1995, 1, 1), date(2007, 6, 30), "Old words"),
        ),
    ),
    "X12, remarks by tabs": (
        "rarc",
        "Code\tDescription\tStart Date\tStop Date\nMA130\tWords, of ours\t10/12/2001\t\n",
        (CodeRow("MA130", date(2001, 10, 12), None, "Words, of ours"),),
    ),
    "CMS, places": (
        "pos",
        (
            "Place of Service Codes for Professional Claims,,\nDatabase (updated May 2, 2024),,\n"
            "Place of Service Code(s),Place of Service Name,Place of Service Description\n"
            "11,Synthetic office,Longer words\n27-30,Unassigned,N/A\n53,Synthetic center,Words\n"
        ),
        (CodeRow("11", text="Synthetic office"), CodeRow("53", text="Synthetic center")),
    ),
    "CMS, HCPCS": (
        "hcpcs",
        (
            "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,PRICE1,ADD DT,ACT EFF DT,"
            "TERM DT\n"
            "A1,00100,7,A modifier of ours,A modifier,,20020101,20020101,\n"
            "H0015,00100,3,Begins here,Program,00,20010101,20150101,\n"
            "H0015,00200,4,and goes on,,,20010101,20150101,\n"
            "S9480,00100,3,Other words,Day,00,19990101,20000101,20251231\n"
        ),
        (
            CodeRow("H0015", date(2001, 1, 1), None, "Program"),
            CodeRow("S9480", date(1999, 1, 1), date(2025, 12, 31), "Day"),
        ),
    ),
    "CDC, diagnoses": (
        "icd-10-cm",
        (
            f"09998 F33     0 {'A heading of ours':60} A heading of ours\n"
            f"09999 F331    1 {'Synthetic diagnosis':60} Synthetic diagnosis, in full\n"
            f"10000 T360X1A 1 {'Longest code':60} Longest code, in full\n"
        ),
        (CodeRow("F331", text="Synthetic diagnosis"), CodeRow("T360X1A", text="Longest code")),
    ),
    "NUCC, taxonomy": (
        "taxonomy",
        (
            "Code,Grouping,Classification,Specialization,Definition,Effective Date,"
            "Deactivation Date,"
            "Last Modified Date,Notes,Display Name,Section\n"
            '"101YM0800X","Group","Class","Special","Long, words","4/1/2003","","","","Shown so",'
            '"Individual"\n'
        ),
        (CodeRow("101YM0800X", date(2003, 4, 1), None, "Shown so"),),
    ),
}
"""Small files of ours in the layouts their publishers use."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_layout_is_recognised(name: str) -> None:
    listing, text, expected = PUBLISHED[name]
    found = read_csv(text.splitlines(), BY_NAME[listing])
    assert (found.rows, found.problems) == (expected, ())


def test_line_that_is_none_of_the_order_file_is_told() -> None:
    lines = [f"09999 F331    1 {'Words':60} Words", "", "not a line"]
    found = read_csv(lines, BY_NAME["icd-10-cm"])
    assert [one.code for one in found.rows] == ["F331"]
    assert found.problems == ("code 2: not a line of the order file",)
