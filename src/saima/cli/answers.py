"""What people type as text, as values: counts, dates, instants. Each refusal names the option and what would do."""

import re
from datetime import date, datetime
from pathlib import Path

from saima.engine.errors import Problem, QuestionRefused


def whole_number(text: str, option: str, *, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) or not least <= int(text) <= most:
        raise QuestionRefused(
            Problem("cli.not_a_count", {"option": option, "text": text, "least": str(least), "most": str(most)})
        )
    return int(text)


def day(text: str, option: str) -> date:
    """``2026-05-08`` and no other form."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise QuestionRefused(Problem("cli.not_a_date", {"option": option, "text": text}))


def instant(text: str, option: str) -> datetime:
    """ISO 8601 with an offset: an instant without one would depend on the machine."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise QuestionRefused(Problem("cli.not_an_instant", {"option": option, "text": text}))
    return found


def existing_file(text: str, option: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise QuestionRefused(Problem("cli.no_such_file", {"option": option, "file": text}))
    return path
