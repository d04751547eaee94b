"""What every printed form of a bulletin says, as finished words in one language; the forms only lay it out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from saima.engine.model.evaluation import Evaluation, Standing
from saima.press.changes import erratum_words
from saima.press.charts.race_track import Lane, lanes
from saima.press.issue import Issue, paragraphs
from saima.press.paper.naming import cell_text, contestant_name, indicator_name, main_standings, notice
from saima.press.paper.parts import NOTHING, Align, Column, KeyFigure, Paper, Place, Ranking, Section, Table
from saima.press.paper.sections import sections
from saima.press.sentences import (
    bulletin_title,
    by_class,
    date_text,
    document_number,
    rank_range,
    short_digest,
    span_name,
)
from saima.words import Lang, number, percent, say

__all__ = ["Align", "Column", "Paper", "Place", "Ranking", "Table", "paper"]

ROWS_SHOWN: Final = 30


def paper(evaluation: Evaluation, issue: Issue, lang: Lang) -> Paper:
    """Everything the printed forms say. Long tables that belong into the workbook are cut, and say so."""
    season, head, words = evaluation.season, evaluation.season.masthead, issue.words
    return Paper(
        lang=lang,
        organisation=head.organisation.of(lang),
        title=bulletin_title(season).of(lang),
        document_number=document_number(season, issue),
        issue_line=say("doc.issue", lang, number=issue.number),
        period=span_name(season, evaluation.period, lang),
        dated=date_text(issue.dated, lang),
        season=season.title.of(lang),
        addressees=(words.addressees or head.addressees).of(lang),
        copies=(words.copies or head.copies).of(lang),
        signatory=(words.signatory or head.signatory).of(lang) or head.organisation.of(lang),
        contact=head.contact.of(lang),
        notice=" ".join(
            part for part in (say("doc.draft", lang) if issue.draft else "", notice(evaluation, lang)) if part
        ),
        draft=say("doc.draft_mark", lang) if issue.draft else "",
        erratum=erratum_words(evaluation, issue, lang),
        opening=tuple(paragraphs(words.opening.of(lang))),
        remarks=tuple(paragraphs(words.remarks.of(lang))),
        key_figures=tuple(_key_figures(evaluation, lang))[:4],
        rankings=tuple(_rankings(evaluation, lang)),
        sections=tuple(_fitting(s, lang) for s in sections(evaluation, issue, lang) if s.paragraphs or s.tables),
        method=tuple(_method(evaluation, lang)),
        digests=(
            (say("doc.digest.spec", lang), evaluation.spec_digest),
            (say("doc.digest.data", lang), evaluation.data_digest),
            (say("doc.digest.history", lang), evaluation.history_digest),
        ),
        short=short_digest(evaluation),
    )


def _fitting(section: Section, lang: Lang) -> Section:
    """The same with tables a print can bear; the workbook has them whole."""
    return replace(section, tables=tuple(_cut(t, lang) for t in section.tables))


def _cut(table: Table, lang: Lang) -> Table:
    if len(table.rows) <= ROWS_SHOWN:
        return table
    note = say("doc.table.cut", lang, shown=ROWS_SHOWN, count=len(table.rows))
    return replace(table, rows=table.rows[:ROWS_SHOWN], note=note)


def _key_figures(evaluation: Evaluation, lang: Lang) -> Iterator[KeyFigure]:
    first = [s for s in main_standings(evaluation) if s.rank == 1]
    decimals = evaluation.season.decimals
    if len(first) == 1:
        yield KeyFigure(
            say("doc.key.first", lang),
            contestant_name(evaluation, first[0].contestant, lang),
            say("doc.key.score", lang, score=number(first[0].score, lang, decimals)),
        )
    judged = [c for c in evaluation.cells if c.light != "none"]
    if judged and main_standings(evaluation):
        green = sum(c.light == "green" for c in judged)
        yield KeyFigure(
            say("doc.key.green", lang),
            f"{green}/{len(judged)}",
            say("doc.key.red", lang, red=sum(c.light == "red" for c in judged)),
            "green" if green * 2 >= len(judged) else "red",
        )
    if main_standings(evaluation):
        shares = [(n.done, n.due) for n in lanes(evaluation) if n.due is not None]
        if shares:
            done = sum(d for d, _ in shares) / len(shares)
            due = sum(d for _, d in shares) / len(shares)
            yield KeyFigure(
                say("doc.key.done", lang),
                percent(done, lang),
                say("doc.key.due", lang, due=percent(due, lang)),
                "green" if done >= due else "red",
            )
        if not evaluation.findings and not evaluation.proposals:
            yield KeyFigure(
                say("doc.key.ranked", lang),
                number(len(main_standings(evaluation)), lang),
                say("doc.key.not_ranked", lang, count=len(_unranked(evaluation))),
            )
        else:
            waived = [f for f in evaluation.findings if f.waived]
            yield KeyFigure(
                say("doc.key.findings", lang),
                number(len(evaluation.findings) - len(waived), lang),
                say("doc.key.waived", lang, count=len(waived)),
                "none",
            )
        return
    for cell in evaluation.cells:
        if cell.value is not None:
            label = indicator_name(evaluation, cell.indicator, lang)
            if cell.pace is not None and cell.due is not None and cell.completion is not None:
                yield KeyFigure(
                    label,
                    percent(cell.completion, lang),
                    say("doc.key.pace", lang, due=percent(cell.due, lang), pace=number(cell.pace, lang, 2)),
                    cell.light,
                )
            else:
                name = contestant_name(evaluation, cell.contestant, lang)
                yield KeyFigure(label, cell_text(evaluation, cell, lang), name, cell.light)


def _unranked(evaluation: Evaluation) -> list[str]:
    return sorted({n.contestant for n in evaluation.not_ranked if n.scope == "overall"})


def _rankings(evaluation: Evaluation, lang: Lang) -> Iterator[Ranking]:
    tracks = {n.contestant: n for n in lanes(evaluation)}
    for title, rows in by_class(evaluation.season, main_standings(evaluation)):
        held = Counter(s.band for s in rows)
        places = tuple(_place(evaluation, s, tracks.get(s.contestant), held, lang) for s in rows)
        yield Ranking(title.of(lang), places, say("doc.ranking.bands", lang) if len(held) < len(places) else "")


def _place(evaluation: Evaluation, s: Standing, track: Lane | None, held: Counter[int], lang: Lang) -> Place:
    step = 0 if s.previous is None else s.previous - s.rank
    tiers = {t.code: t.title.of(lang) for t in evaluation.season.tiers}
    return Place(
        rank=str(s.rank),
        name=contestant_name(evaluation, s.contestant, lang),
        score=number(s.score, lang, evaluation.season.decimals),
        done=track.done if track else None,
        due=track.due if track else None,
        done_text=percent(track.done, lang) if track else "",
        interval=rank_range(s.rank_low, s.rank_high),
        change=NOTHING if not step else str(abs(step)),
        moved="new" if s.previous is None else "up" if step > 0 else "down" if step < 0 else "same",
        light="none" if track is None or track.due is None else "green" if track.done >= track.due else "red",
        tier=tiers.get(s.tier, ""),
        band=s.band,
        shared=held[s.band] > 1,
    )


def _method(evaluation: Evaluation, lang: Lang) -> Iterator[str]:
    season = evaluation.season
    yield say(
        "doc.method.scope",
        lang,
        contestants=len(season.contestants),
        indicators=len(season.scored),
        missing=say(f"doc.missing.{season.missing}", lang),
    )
    if main_standings(evaluation):
        draws = max((u.draws for u in evaluation.uncertainty), default=0)
        if draws:
            yield say("doc.method.uncertainty", lang, draws=number(draws, lang), seed=evaluation.seed)
        stability = "doc.method.relative" if evaluation.reverses_ranks else "doc.method.fixed"
        yield say(stability, lang)
    if evaluation.adjustments:
        yield say("doc.method.adjustments", lang, count=len(evaluation.adjustments))
    if source := season.source.of(lang):
        yield say("doc.method.source", lang, source=source)
    yield say("doc.method.verify", lang, version=evaluation.engine_version)
