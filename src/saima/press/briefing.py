"""What a leader reads at a glance: one sentence, headline indicators as bullets, what is red, what was.

The wall, the leader's page and the one-page print say the same, from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from saima.engine.model.evaluation import Cell, Evaluation
from saima.engine.model.history import Colour
from saima.engine.race.whole import Whole, heaviest, wholes_of
from saima.press.sentences import period_name, span_name, value_text
from saima.words import Lang, measured, number, percent, say, signed

MOST_BULLETS: Final = 6
_FORGIVEN: Final = 1e-9  # the engine forgives the last bits of a float


@dataclass(frozen=True, slots=True)
class Bullet:
    """One headline indicator over everybody: a bar, the mark of what is due, the target at 1."""

    indicator: str
    title: str
    done: float
    due: float | None
    light: Colour
    done_text: str
    due_text: str
    gap_text: str  # points ahead or behind, signed
    known_text: str  # says so where figures are missing


@dataclass(frozen=True, slots=True)
class Alert:
    """One contestant and indicator that is red, or was and has caught up."""

    light: Colour
    contestant: str
    indicator: str
    who: str
    what: str
    state: str  # done and due, or when it was red
    owner: str
    step: str  # what comes next


def light_of(done: float, due: float | None, light_from: float) -> Colour:
    """The light of a share against what is due, by the season's threshold."""
    if not due:
        return "none"
    return "green" if done >= due * light_from - _FORGIVEN else "red"


def gap_text(done: float, due: float | None, lang: Lang) -> str:
    """Points ahead of (+) or behind what is due."""
    return "" if due is None else say("press.brief.gap", lang, gap=signed((done - due) * 100, lang, 1))


def headline_indicators(evaluation: Evaluation, most: int = MOST_BULLETS) -> tuple[Whole, ...]:
    """The indicators that weigh most in the overall score and have a task to measure them by."""
    return heaviest(wholes_of(evaluation), most)


def bullets(evaluation: Evaluation, lang: Lang, most: int = MOST_BULLETS) -> tuple[Bullet, ...]:
    season = evaluation.season
    return tuple(
        Bullet(
            indicator=w.indicator,
            title=season.indicator[w.indicator].title.of(lang),
            done=w.done or 0.0,
            due=w.due,
            light=light_of(w.done or 0.0, w.due, season.light_from),
            done_text=percent(w.done or 0.0, lang),
            due_text="" if w.due is None else say("press.brief.due", lang, due=percent(w.due, lang)),
            gap_text=gap_text(w.done or 0.0, w.due, lang),
            known_text="" if w.known == w.of else say("press.brief.known", lang, known=w.known, of=w.of),
        )
        for w in headline_indicators(evaluation, most)
    )


def leader_sentence(evaluation: Evaluation, lang: Lang) -> str:
    """How many headline indicators are on pace, and who is furthest behind on one of them."""
    season = evaluation.season
    judged = [w for w in headline_indicators(evaluation) if w.due]
    params: dict[str, object] = {"covers": span_name(season, evaluation.period, lang), "of": len(judged)}
    if not judged:
        return say("press.brief.nothing_due", lang, **params)
    params["ahead"] = sum(light_of(w.done or 0.0, w.due, season.light_from) == "green" for w in judged)
    worst = _furthest_behind(evaluation, {w.indicator for w in judged})
    if worst is None:
        return say("press.brief.nobody_behind", lang, **params)
    return say(
        "press.brief.behind",
        lang,
        **params,
        contestant=season.contestant[worst.contestant].title,
        indicator=season.indicator[worst.indicator].title,
        points=number(-(worst.ahead or 0.0) * 100, lang, 0),
    )


def _furthest_behind(evaluation: Evaluation, among: set[str]) -> Cell | None:
    """The red cell with the widest gap; one that is all or nothing says little about how far."""
    season = evaluation.season
    red = [c for c in evaluation.cells if c.light == "red" and c.ahead is not None and c.indicator in among]
    red.sort(key=lambda c: (season.indicator[c.indicator].measure == "yes-no", c.ahead or 0.0, c.contestant))
    return red[0] if red else None


def red_cells(evaluation: Evaluation) -> tuple[Cell, ...]:
    """Red cells, those that cost most points first."""
    red = (c for c in evaluation.cells if c.light == "red")
    return tuple(sorted(red, key=lambda c: (-c.missing * c.weight, -c.missing, c.contestant, c.indicator)))


def alerts(evaluation: Evaluation, lang: Lang) -> tuple[Alert, ...]:
    """What is red, most costly first; then what was issued red and has caught up, newest first."""
    red = red_cells(evaluation)
    now_red = {(c.contestant, c.indicator) for c in red}
    season = evaluation.season
    marks = {
        (m.contestant, m.subject): m
        for m in sorted(evaluation.lights, key=lambda m: m.period)
        if m.now == "yellow" and m.subject in season.indicator and (m.contestant, m.subject) not in now_red
    }
    caught_up = sorted(marks.values(), key=lambda m: (m.period, m.contestant, m.subject), reverse=True)
    return (
        *(_red(evaluation, c, lang) for c in red),
        *(
            Alert(
                light="yellow",
                contestant=m.contestant,
                indicator=m.subject,
                who=season.contestant[m.contestant].title.of(lang),
                what=season.indicator[m.subject].title.of(lang),
                state=say("press.brief.was_red", lang, period=period_name(m.period, lang)),
                owner=_owner(evaluation, m.contestant, m.subject, lang),
                step="",
            )
            for m in caught_up
        ),
    )


def mixed(listed: Sequence[Alert], most: int) -> tuple[Alert, ...]:
    """The first of a list, with room kept for what has caught up: a third, where there is so much."""
    red = [a for a in listed if a.light == "red"]
    caught_up = [a for a in listed if a.light != "red"]
    kept = min(len(caught_up), max(most // 3, most - len(red)))
    return (*red[: most - kept], *caught_up[:kept])


def _red(evaluation: Evaluation, cell: Cell, lang: Lang) -> Alert:
    season = evaluation.season
    indicator = season.indicator[cell.indicator]
    if cell.completion is None or cell.due is None or indicator.measure == "yes-no":
        state = say("press.brief.unknown" if cell.value is None else "press.brief.undone", lang)
    elif indicator.ceiling:
        used = percent(2 * cell.due - cell.completion, lang)  # as pace.completion has it
        state = say("press.brief.used", lang, used=used, due=percent(cell.due, lang))
    else:
        state = say("press.brief.done", lang, done=percent(cell.completion, lang), due=percent(cell.due, lang))
    return Alert(
        light="red",
        contestant=cell.contestant,
        indicator=cell.indicator,
        who=season.contestant[cell.contestant].title.of(lang),
        what=indicator.title.of(lang),
        state=state,
        owner=_owner(evaluation, cell.contestant, cell.indicator, lang),
        step=_step(evaluation, cell, lang),
    )


def _step(evaluation: Evaluation, cell: Cell, lang: Lang) -> str:
    indicator = evaluation.season.indicator[cell.indicator]
    if cell.value is None:
        return say("press.brief.step_report", lang)
    if indicator.measure == "yes-no":
        return say("press.brief.step_undone", lang)
    if cell.required_rate is not None and cell.required_rate > 0:
        rate = measured(number(cell.required_rate, lang, indicator.decimals + 1), indicator.unit, lang)
        key = "press.brief.step_room" if indicator.ceiling else "press.brief.step_rate"
        return say(key, lang, rate=rate, each=evaluation.season.frequency)
    if cell.target is not None:
        return say("press.brief.step_target", lang, target=value_text(cell.target, indicator, lang))
    return say("press.brief.step_look", lang)


def _owner(evaluation: Evaluation, contestant: str, indicator: str, lang: Lang) -> str:
    """Who carries the target; where nobody is named, whose figure it is."""
    season = evaluation.season
    rows = {t.contestant: t.owner for t in season.targets if t.indicator == indicator and t.owner}
    if owner := rows.get(contestant) or rows.get("*"):
        return say("press.brief.owner", lang, owner=owner)
    figure = season.indicator[indicator].owner
    return say("press.brief.figure_owner", lang, owner=figure) if figure else ""


def thresholds(evaluation: Evaluation, lang: Lang) -> str:
    """What each light means, with the season's threshold: a light is printed with its rule beside it."""
    return say("press.brief.thresholds", lang, threshold=number(evaluation.season.light_from, lang, 2))


def doubt(evaluation: Evaluation, lang: Lang) -> str:
    """The footnote on uncertainty; empty where nothing is ranked."""
    draws = max((u.draws for u in evaluation.uncertainty), default=0)
    return say("press.brief.doubt", lang, draws=number(draws, lang), seed=str(evaluation.seed)) if draws else ""
