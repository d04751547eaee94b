"""Definitions to begin from: a season carried over into a later window, and one with rules but nobody in it yet."""

from collections.abc import Mapping

from saima.engine.errors import Problem, Refused, SeasonRefused
from saima.engine.model.periods import Period
from saima.files.cells import is_code
from saima.files.content import FileContent
from saima.files.reading import read_content
from saima.files.source import BytesSource
from saima.files.start import start_files
from saima.server.race.queries.documents import definition_of
from saima.server.race.queries.setup_fields import VALUES
from saima.server.race.queries.setup_plain import Cells, Edit, Plain, edited, files_of, plain_of
from saima.words import Lang, Text

_SPANS = ("window_first", "window_last", "targets_first", "targets_last", "base_period", "progress_base")


def checked_code(code: str) -> str:
    """A code as seasons have them: it becomes part of addresses and file names.

    Raises
    ------
    SeasonRefused
        ``setup.season_code``.
    """
    if not is_code(code):
        raise SeasonRefused(Problem("setup.season_code", {"code": code or "-"}))
    return code


def carried(files: Mapping[str, str], *, code: str, title: Text, years: int) -> dict[str, str]:
    """Contestants, indicators and rules of a season for a window so many years later, its targets emptied.

    Who ended before the new window begins is left out; owners and notes of targets stay.
    """
    plain = plain_of(files)
    values = plain.rows(VALUES)[0]
    news = {n: _later(values.get(n) or "", years) for n in _SPANS if values.get(n)}
    news |= {"title_en": title.en, "title_zh": title.zh}
    first = news["window_first"]
    edits = [Edit(VALUES, (), news)]
    gone = {k for k, row in plain.keyed("contestants").items() if _before(row.get("until") or "", first)}
    edits += [Edit("contestants", k, None) for k in gone]
    for key, row in plain.keyed("targets").items():
        left = (key[0],) in gone or not (row.get("owner") or row.get("note"))
        edits.append(Edit("targets", key, None if left else {"target": "", "baseline": ""}))
    moved = edited(plain, edits)
    curves = tuple({**row, "period": _later(row["period"], years)} for row in moved.rows("curves"))
    tables = dict(moved.tables) | ({"curves": curves} if curves else {})
    return files_of(Plain({**moved.document, "code": checked_code(code)}, tables))


def blank(lang: Lang, *, code: str, title: Text, year: int) -> dict[str, str]:
    """The rules of the season ``saima new`` writes, for a year, with nobody and nothing in it yet."""
    content = FileContent(BytesSource(start_files(lang)))
    plain = plain_of(definition_of(read_content(content)))
    news: Cells = {
        "title_en": title.en,
        "title_zh": title.zh,
        "window_first": f"{year:04d}-01",
        "window_last": f"{year:04d}-12",
        "targets_first": f"{year:04d}-01",
        "targets_last": f"{year:04d}-12",
        "illustrative": "no",
        "notice_en": "",
        "notice_zh": "",
        "organisation_en": "",
        "organisation_zh": "",
        "tie_breakers": "medals",
    }
    begun = edited(plain, [Edit(VALUES, (), news)])
    return files_of(Plain({**begun.document, "code": checked_code(code)}, {"contestants": (), "indicators": ()}))


def _later(text: str, years: int) -> str:
    try:
        period = Period.parse(text)
    except Refused:
        return text  # a draft may hold what is no period; it stays for a person to mend
    return str(Period.of(period.frequency, period.year + years, period.index))


def _before(until: str, first: str) -> bool:
    return bool(until) and until < first
