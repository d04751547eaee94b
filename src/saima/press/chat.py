"""A bulletin as a short text for chat groups."""

from saima.engine.model.evaluation import Evaluation
from saima.press.changes import erratum_words
from saima.press.issue import Issue
from saima.press.sentences import (
    bulletin_title,
    by_class,
    change_text,
    date_text,
    headline,
    proposal_sentence,
    score_text,
    short_digest,
    span_name,
)
from saima.words import Lang, say


def chat_text(evaluation: Evaluation, issue: Issue, lang: Lang) -> str:
    """A short text to paste into a chat group: title, headline, first places, proposals, where it comes from."""
    season = evaluation.season
    params = {
        "title": bulletin_title(season),
        "number": issue.number,
        "period": span_name(season, evaluation.period, lang),
    }
    lines = [say("press.chat.title", lang, **params)]
    if season.notice:
        lines.append(season.notice.of(lang))
    if erratum := erratum_words(evaluation, issue, lang):
        lines.append(erratum)
    lines += ["", headline(evaluation, lang)]
    standings = evaluation.standing()
    if standings:
        lines.append("")
    for title, table in by_class(season, standings):
        if title:
            lines.append(title.of(lang))
        for s in table[:10]:
            lines.append(
                say("press.chat.place", lang, rank=s.rank, contestant=season.contestant[s.contestant].title,
                    score=score_text(s.score, season, lang), change=change_text(s))
            )  # fmt: skip
        if len(table) > 10:
            lines.append(say("press.chat.more_places", lang, more=len(table) - 10))
    if evaluation.proposals:
        lines += ["", say("press.chat.proposals", lang, count=len(evaluation.proposals))]
        lines += [proposal_sentence(p, season, lang) for p in evaluation.proposals[:5]]
    lines += ["", say("press.chat.foot", lang, date=date_text(issue.dated, lang), digest=short_digest(evaluation))]
    return "\n".join(lines)
