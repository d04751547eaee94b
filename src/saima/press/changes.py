"""What an erratum changes against the version before it: places and figures, as a sentence and as rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.history import CellThen, Published, RankThen
from saima.engine.race.record import FigureChanged, PlaceChanged, changed_figures, changed_places, published_of
from saima.press.issue import Issue
from saima.press.sentences import erratum_sentence, scope_title, score_text, subject_title, value_text
from saima.words import Lang, say

NAMED: Final = 4  # places or figures a sentence names; the table has all


@dataclass(frozen=True, slots=True)
class Change:
    """One row in one language: whose, what, how it was and how it is now."""

    who: str
    what: str
    before: str
    after: str


def places_changed(evaluation: Evaluation, issue: Issue) -> tuple[PlaceChanged, ...]:
    return changed_places(issue.replaces, _record(evaluation, issue)) if issue.replaces else ()


def figures_changed(evaluation: Evaluation, issue: Issue) -> tuple[FigureChanged, ...]:
    return changed_figures(issue.replaces, _record(evaluation, issue)) if issue.replaces else ()


def erratum_words(evaluation: Evaluation, issue: Issue, lang: Lang) -> str:
    """That this version replaces another, why, and what it changes; empty of a first version."""
    if issue.version == 1:
        return ""
    said = [erratum_sentence(issue, lang)]
    if issue.replaces:
        places = places_changed(evaluation, issue)
        moves = [_move(c, evaluation, lang) for c in places if c.moved]
        scores = [_scored(c, evaluation, lang) for c in places if not c.moved]
        figures = [
            say("press.changes.figure", lang, contestant=c.who, what=c.what, before=c.before, after=c.after)
            for c in figure_rows(evaluation, issue, lang)
        ]
        said.append(_told("places", moves, lang) if moves else say("press.changes.no_place", lang))
        said += [_told("scores", scores, lang)] if scores else []
        said += [_told("figures", figures, lang)] if figures else []
    return ("" if lang == "zh" else " ").join(said)


def change_rows(evaluation: Evaluation, issue: Issue, lang: Lang) -> Sequence[Change]:
    """Places, then figures: everything that differs from the version before."""
    places = (
        Change(_name(evaluation, c.contestant, lang),
               say("press.changes.place_of", lang, scope=_scope(c, evaluation, lang)),
               _place(c.before, evaluation, lang), _place(c.after, evaluation, lang))
        for c in places_changed(evaluation, issue)
    )  # fmt: skip
    return (*places, *figure_rows(evaluation, issue, lang))


def figure_rows(evaluation: Evaluation, issue: Issue, lang: Lang) -> Sequence[Change]:
    return tuple(_figures(evaluation, issue, lang))


def _figures(evaluation: Evaluation, issue: Issue, lang: Lang) -> Iterator[Change]:
    season = evaluation.season
    projects = {f"project:{p.project.code}": p.project.title.of(lang) for p in evaluation.projects}
    for c in figures_changed(evaluation, issue):
        what = projects.get(c.subject) or subject_title(c.subject, season).of(lang)

        def told(then: CellThen | None, subject: str = c.subject) -> str:
            if then is None:
                return "–"
            light = say(f"press.light.{then.light}", lang)
            if subject not in season.indicator:
                return light
            none = say("press.changes.no_figure", lang)
            value = value_text(float(then.value), season.indicator[subject], lang) if then.value else none
            return say("press.changes.value", lang, value=value, light=light)

        yield Change(_name(evaluation, c.contestant, lang), what, told(c.before), told(c.after))


def _record(evaluation: Evaluation, issue: Issue) -> Published:
    return published_of(evaluation, number=issue.number, dated=issue.dated, version=issue.version)


def _told(kind: str, said: Sequence[str], lang: Lang) -> str:
    if len(said) <= NAMED:
        return say(f"press.changes.{kind}", lang, changes=said)
    return say(f"press.changes.{kind}.more", lang, changes=said[:NAMED], more=len(said) - NAMED)


def _scored(change: PlaceChanged, evaluation: Evaluation, lang: Lang) -> str:
    who = _who(change, evaluation, lang)
    before, after = (score_text(c.score if c else None, evaluation.season, lang) for c in (change.before, change.after))
    return say("press.changes.score", lang, contestant=who, before=before, after=after)


def _who(change: PlaceChanged, evaluation: Evaluation, lang: Lang) -> str:
    who = _name(evaluation, change.contestant, lang)
    if change.scope == "overall":
        return who
    return say("press.changes.in_scope", lang, contestant=who, scope=_scope(change, evaluation, lang))


def _move(change: PlaceChanged, evaluation: Evaluation, lang: Lang) -> str:
    who = _who(change, evaluation, lang)
    if change.before is None and change.after is not None:
        return say("press.changes.placed", lang, contestant=who, now=change.after.rank)
    if change.after is None:
        return say("press.changes.unplaced", lang, contestant=who)
    before = change.before.rank if change.before else 0
    return say("press.headline.move", lang, contestant=who, before=before, now=change.after.rank)


def _name(evaluation: Evaluation, code: str, lang: Lang) -> str:
    known = evaluation.season.contestant.get(code)
    return known.title.of(lang) if known else code


def _scope(change: PlaceChanged, evaluation: Evaluation, lang: Lang) -> str:
    season = evaluation.season
    kind, _, code = change.scope.partition(":")
    there = kind == "overall" or code in (season.indicator if kind == "indicator" else season.node)
    return scope_title(change.scope, season).of(lang) if there else change.scope


def _place(then: RankThen | None, evaluation: Evaluation, lang: Lang) -> str:
    if then is None:
        return "–"
    return say("press.changes.place", lang, rank=then.rank, score=score_text(then.score, evaluation.season, lang))
