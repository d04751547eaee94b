"""How an evaluation names things in print: contestants, indicators, figures, and the notice on every page."""

from saima.engine.model.evaluation import Cell, Evaluation, Standing
from saima.press.sentences import value_text
from saima.words import Lang, say


def notice(evaluation: Evaluation, lang: Lang) -> str:
    """What must stand on every page, in particular that all is invented."""
    said = evaluation.season.notice.of(lang)
    return said or (say("doc.illustrative", lang) if evaluation.season.illustrative else "")


def contestant_name(evaluation: Evaluation, code: str, lang: Lang) -> str:
    found = evaluation.season.contestant.get(code)
    return (found.title.of(lang) if found else "") or code


def indicator_name(evaluation: Evaluation, code: str, lang: Lang) -> str:
    found = evaluation.season.indicator.get(code)
    return (found.title.of(lang) if found else "") or code


def cell_text(evaluation: Evaluation, cell: Cell, lang: Lang) -> str:
    """The value with its unit, or why there is none."""
    if cell.value is None:
        return say(f"doc.status.{cell.status}", lang)
    return value_text(cell.value, evaluation.season.indicator[cell.indicator], lang)


def main_standings(evaluation: Evaluation) -> tuple[Standing, ...]:
    """The standings a bulletin is about: overall; without one, none."""
    return evaluation.standing("overall", "level")
