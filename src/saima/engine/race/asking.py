"""What questions have in common: whom they are about, in which scope, and who stands where."""

from collections.abc import Iterable
from difflib import get_close_matches

from saima.engine.errors import Problem, QuestionRefused, SeasonRefused
from saima.engine.model.evaluation import Standing
from saima.engine.model.history import History
from saima.engine.model.inputs import AsOf, Projects, Readings
from saima.engine.model.season import Season
from saima.engine.race.board import Board, board_of
from saima.engine.race.check import check_season
from saima.engine.race.progress import movement
from saima.engine.race.standings import Standings, scope_of, standings_of


def asked_board(season: Season, readings: Readings, projects: Projects, history: History, as_of: AsOf) -> Board:
    """The board of a question.

    Raises
    ------
    SeasonRefused, ReadingsRefused
        As ``evaluate`` does.
    """
    problems = check_season(season)
    if problems:
        raise SeasonRefused(problems)
    return board_of(season, readings, projects, history, as_of)


def asked_contestant(season: Season, name: str) -> int:
    """Place of a contestant on the season's axis, by code or title.

    Raises
    ------
    QuestionRefused
        ``question.unknown_contestant``: with the nearest name.
    """
    for n, c in enumerate(season.contestants):
        if name in (c.code, c.title.en, c.title.zh) and name:
            return n
    names = [text for c in season.contestants for text in (c.code, c.title.en, c.title.zh) if text]
    near = get_close_matches(name, names, n=1, cutoff=0.0)
    raise QuestionRefused(
        Problem("question.unknown_contestant", {"name": name, "season": season.title, "near": near[0] if near else "-"})
    )


def asked_standings(board: Board, history: History, contestant: int) -> tuple[str, tuple[Standing, ...], Standing]:
    """Top node, its standings in the contestant's class (best first), and the contestant's own.

    The overall node, or without a composite the first race in which the contestant has a place.

    Raises
    ------
    QuestionRefused
        ``question.not_ranked``: with the reason.
    """
    found = standings_of(board, movement(board), history, {})
    code = board.season.contestants[contestant].code
    for top in board.tree.tops:
        scope = scope_of(board.tree.branch[top].node.kind, top)
        level = [s for s in found.standings if s.scope == scope and s.kind == "level"]
        own = next((s for s in level if s.contestant == code), None)
        if own is not None:
            return top, tuple(s for s in level if s.class_code == own.class_code), own
    raise QuestionRefused(_reason(board, found, code))


def _reason(board: Board, found: Standings, code: str) -> Iterable[Problem]:
    why = [Problem(n.code, n.params) for n in found.not_ranked if n.contestant == code][:1]
    title = board.season.contestant[code].title
    return [Problem("question.not_ranked", {"contestant": title, "period": str(board.period)}), *why]
