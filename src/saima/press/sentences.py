"""What press says in sentences: dates and periods, figures with their unit, the headline and the chat text."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Final

from saima.engine.model.decimals import rounded
from saima.engine.model.evaluation import Cell, Evaluation, Proposal, Standing
from saima.engine.model.periods import Period
from saima.engine.model.season import Indicator, Season
from saima.press.issue import Issue
from saima.words import Lang, Text, measured, number, percent, say

NAMES_AT_ONCE: Final = 3  # in one sentence of the headline; more are counted


def date_text(day: date, lang: Lang) -> str:
    """8 May 2026, 2026年5月8日."""
    return say("press.date", lang, day=day.day, month=_month(day.month, lang), year=day.year)


def _month(index: int, lang: Lang) -> str:
    return say(f"press.month.{index}", lang)


def period_name(period: Period, lang: Lang) -> str:
    """April 2026, 2026年4月; first quarter of 2026; 2026."""
    match period.frequency:
        case "month":
            return say("press.period.month", lang, month=_month(period.index, lang), year=period.year)
        case "quarter":
            return say("press.period.quarter", lang, index=period.index, year=period.year)
        case "half":
            return say(f"press.period.half.{period.index}", lang, year=period.year)
        case "year":
            return say("press.period.year", lang, year=period.year)


def period_short(period: Period, lang: Lang) -> str:
    """For axes: Apr, 4月; Q1; H1; 2018."""
    match period.frequency:
        case "month":
            return say(f"press.month.short.{period.index}", lang)
        case "quarter":
            return say("press.period.short.quarter", lang, index=period.index)
        case "half":
            return say(f"press.period.short.half.{period.index}", lang)
        case "year":
            return str(period.year)


def span_name(season: Season, period: Period, lang: Lang) -> str:
    """What a bulletin of the period covers: January–April 2026, 2026年1—4月, when any indicator accumulates."""
    first = season.targets_cover.first
    if first.frequency != period.frequency or first.year != period.year or first >= period:
        return period_name(period, lang)
    if not any(i.measure in {"cumulative", "count", "completion"} for i in season.indicators):
        return period_name(period, lang)
    match period.frequency:
        case "month":
            params = {"first": say(f"press.span.from.{first.index}", lang), "last": _month(period.index, lang)}
            return say("press.span.month", lang, **params, year=period.year)
        case "quarter":
            return say("press.span.quarter", lang, first=first.index, last=period.index, year=period.year)
        case _:
            return say("press.span.whole", lang, year=period.year)


def figure_text(value: float | None, indicator: Indicator, lang: Lang) -> str:
    """A figure without its unit, at the indicator's decimals or more when it has more; a dash where there is none."""
    if value is None:
        return "–"
    if indicator.measure == "yes-no":
        return say("press.yes" if value else "press.no", lang)
    short = float(f"{value:.9g}")
    return number(short, lang, indicator.decimals if short == round(short, indicator.decimals) else None)


def value_text(value: float | None, indicator: Indicator, lang: Lang) -> str:
    """A figure with its unit."""
    shown = figure_text(value, indicator, lang)
    return shown if value is None else measured(shown, indicator.unit, lang)


def pace_text(pace: float, threshold: float, lang: Lang) -> str:
    """A pace at two decimals, or as many more as it takes not to look like the threshold it stays below."""
    reached = pace >= threshold - 1e-9  # the engine forgives the last bits of a float
    for decimals in range(2, 7):
        if reached or rounded(pace, decimals) < threshold:
            return number(pace, lang, decimals)
    return number(pace, lang)


def chance_text(probability: float, lang: Lang) -> str:
    """A probability in whole per cent; what draws can never prove is not printed as 0 or 100 %."""
    if probability > 0.99:
        return say("press.chance.above", lang, percent=percent(0.99, lang, 0))
    if probability < 0.01:
        return say("press.chance.below", lang, percent=percent(0.01, lang, 0))
    return percent(probability, lang, 0)


def score_text(score: float | None, season: Season, lang: Lang) -> str:
    return "–" if score is None else number(score, lang, season.decimals)


def rank_range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def bulletin_title(season: Season) -> Text:
    return season.masthead.bulletin_title or season.title


def document_number(season: Season, issue: Issue) -> str:
    """The document number with year and number filled in; empty when the season has none."""
    pattern = season.masthead.document_number
    return pattern.replace("{year}", str(issue.dated.year)).replace("{number}", str(issue.number))


def by_class(season: Season, standings: Iterable[Standing]) -> tuple[tuple[Text, tuple[Standing, ...]], ...]:
    """Standings of one scope in one table per class, in the season's order; an empty title when all race together."""
    order = {c.code: (c.order, c.code) for c in season.classes}
    titles = {c.code: c.title for c in season.classes}
    ordered = sorted(standings, key=lambda s: (*order.get(s.class_code, (0, s.class_code)), s.rank, _place(season, s)))
    return tuple(
        (titles.get(code, Text()), tuple(group)) for code, group in groupby(ordered, key=lambda s: s.class_code)
    )


def _place(season: Season, standing: Standing) -> tuple[int, str]:
    return (season.contestant[standing.contestant].order, standing.contestant)


def scope_title(scope: str, season: Season) -> Text:
    """The title of overall, race:x, group:y or indicator:z."""
    kind, _, code = scope.partition(":")
    if kind == "indicator":
        return season.indicator[code].title
    if kind == "overall":
        return season.node["overall"].title if "overall" in season.node else Text(*_both("press.overall"))
    return season.node[code].title


def _both(code: str) -> tuple[str, str]:
    return say(code, "en"), say(code, "zh")


def subject_title(subject: str, season: Season) -> Text:
    """The title of an indicator code, node:x or project:x, or the code itself."""
    kind, _, code = subject.partition(":")
    if subject in season.indicator:
        return season.indicator[subject].title
    if kind == "node" and code in season.node:
        return season.node[code].title
    return Text(subject, subject)


def proposal_sentence(proposal: Proposal, season: Season, lang: Lang) -> str:
    """What is proposed for whom by which constraint, and that a person decides."""
    params: Mapping[str, object] = {
        "contestant": season.contestant[proposal.contestant].title,
        "constraint": proposal.title,
        "rank": proposal.rank,
        "proposed": proposal.proposed_rank,
    }
    moved = "" if proposal.action != "demote" or proposal.proposed_rank is None else ".to"
    return say(f"press.proposal.{proposal.action}{moved}", lang, **params)


def headline(evaluation: Evaluation, lang: Lang) -> str:
    """One paragraph: who leads and by how much, who moved, who cannot be told apart, who is behind on what."""
    return _joined((sentence for group in headline_parts(evaluation, lang) for sentence in group), lang)


def headline_parts(evaluation: Evaluation, lang: Lang) -> tuple[tuple[str, ...], ...]:
    """The sentences of the headline by what they tell: the lead, who moved, who is level, who is behind."""
    told = (_lead, _moves, _ties, _behind)
    return tuple(tuple(found) for tell in told if (found := tell(evaluation, lang)))


def headline_lead(evaluation: Evaluation, lang: Lang) -> str:
    """The headline without who is behind on what: short enough for a card."""
    return _joined((*_lead(evaluation, lang), *_moves(evaluation, lang), *_ties(evaluation, lang)), lang)


def _joined(sentences: Iterable[str], lang: Lang) -> str:
    return ("" if lang == "zh" else " ").join(sentences)


def _lead(evaluation: Evaluation, lang: Lang) -> list[str]:
    season = evaluation.season
    tables = by_class(season, evaluation.standing())
    if not tables:
        return [_no_ranking(evaluation, lang)]
    said = []
    for title, standings in tables:
        first = [s for s in standings if s.rank == 1]
        rest = [s for s in standings if s.rank > 1]
        params: dict[str, object] = {
            "leader": _names([s.contestant for s in first], season, lang),
            "score": score_text(first[0].score, season, lang),
            "class_title": title,
        }
        code = "press.headline.lead" if len(first) == 1 else "press.headline.lead_shared"
        if rest:
            params["second"] = _names([s.contestant for s in rest if s.rank == rest[0].rank], season, lang)
            params["gap"] = score_text(first[0].score - rest[0].score, season, lang)
        elif len(first) == 1:
            code = "press.headline.only"
        said.append(say(f"{code}.in_class" if title else code, lang, **params))
    return said


def _no_ranking(evaluation: Evaluation, lang: Lang) -> str:
    due = [c for c in evaluation.cells if c.status not in {"not_due", "not_applicable"}]
    known = sum(c.value is not None for c in due)
    params = {"known": known, "cells": len(due), "received": len(evaluation.received)}
    if evaluation.medals:
        best = [m.contestant for m in evaluation.medals if m.rank == 1]
        gold = max(m.gold for m in evaluation.medals)
        return say("press.headline.medals", lang, leader=_names(best, evaluation.season, lang), gold=gold)
    return say("press.headline.no_ranking", lang, **params)


def _moves(evaluation: Evaluation, lang: Lang) -> list[str]:
    moved = [s for s in evaluation.standing() if s.previous is not None and s.previous != s.rank]
    known = [s for s in evaluation.standing() if s.previous is not None]
    if not known:
        return []
    if not moved:
        return [say("press.headline.nobody_moved", lang)]
    said = []
    for code, up in (("press.headline.up", True), ("press.headline.down", False)):
        group = [s for s in moved if (s.rank < (s.previous or 0)) == up]
        group.sort(key=lambda s: (-abs(s.rank - (s.previous or 0)), s.rank, s.contestant))
        shown = [
            say("press.headline.move", lang, contestant=evaluation.season.contestant[s.contestant].title,
                before=s.previous, now=s.rank)
            for s in group[:NAMES_AT_ONCE]
        ]  # fmt: skip
        if shown:
            more = len(group) - len(shown)
            said.append(say(f"{code}.more" if more else code, lang, moves=shown, more=more))
    return said


def _ties(evaluation: Evaluation, lang: Lang) -> list[str]:
    groups = inseparable(evaluation)
    if not groups:
        return []
    shown = groups if len(groups) <= 2 else groups[:1]
    said = [say("press.headline.inseparable", lang, contestants=_names(g, evaluation.season, lang)) for g in shown]
    if len(groups) > len(shown):
        said.append(say("press.headline.inseparable_more", lang, bands=len(groups) - len(shown)))
    return said


def inseparable(evaluation: Evaluation, scope: str = "overall") -> tuple[tuple[str, ...], ...]:
    """Contestants of one band, best band first, where a band holds more than one and not everybody has its own."""
    bands: dict[tuple[str, int], list[str]] = {}
    for _, standings in by_class(evaluation.season, evaluation.standing(scope)):
        for s in standings:
            bands.setdefault((s.class_code, s.band), []).append(s.contestant)
    return tuple(tuple(codes) for codes in bands.values() if len(codes) > 1)


def _behind(evaluation: Evaluation, lang: Lang) -> list[str]:
    season = evaluation.season
    reds: dict[str, list[Cell]] = {}
    for cell in evaluation.cells:
        if cell.light == "red":
            reds.setdefault(cell.contestant, []).append(cell)
    if not reds:
        due = [c for c in evaluation.cells if c.status not in {"not_due", "not_applicable"}]
        judged = [c for c in due if c.light != "none"]
        return [say("press.headline.nobody_behind", lang)] if judged and len(judged) == len(due) else []
    worst = sorted(reds, key=lambda c: (-len(reds[c]), season.contestant[c].order, c))
    said = []
    for code in worst[:2]:
        cells = sorted(
            reds[code], key=lambda c: (-c.missing * c.weight, season.indicator[c.indicator].order, c.indicator)
        )
        titles = [season.indicator[c.indicator].title for c in cells[:NAMES_AT_ONCE]]
        more = len(cells) - len(titles)
        said.append(
            say("press.headline.behind.more" if more else "press.headline.behind", lang,
                contestant=season.contestant[code].title, indicators=titles, count=len(cells), more=more)
        )  # fmt: skip
    if len(worst) > len(said):
        said.append(say("press.headline.behind_others", lang, others=len(worst) - len(said)))
    return said


def _names(codes: Iterable[str], season: Season, lang: Lang) -> str:
    titles = [season.contestant[c].title.of(lang) for c in codes]
    if len(titles) > 2 * NAMES_AT_ONCE:
        return say("press.names_more", lang, names=titles[:NAMES_AT_ONCE], more=len(titles) - NAMES_AT_ONCE)
    if len(titles) == 1:
        return titles[0]
    return say("press.names_and", lang, names=titles[:-1], last=titles[-1])


def erratum_sentence(issue: Issue, lang: Lang) -> str:
    code = "press.erratum" if issue.reason else "press.erratum.no_reason"
    return say(code, lang, version=issue.version, reason=issue.reason, date=date_text(issue.dated, lang))


def short_digest(evaluation: Evaluation) -> str:
    return evaluation.data_digest.removeprefix("sha256:")[:8]


def change_text(standing: Standing) -> str:
    """▲2, ▼1, = or nothing when there is no published place before."""
    if standing.previous is None:
        return ""
    moved = standing.previous - standing.rank
    return "=" if moved == 0 else f"{'▲' if moved > 0 else '▼'}{abs(moved)}"
