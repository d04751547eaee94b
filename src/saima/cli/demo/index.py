"""The demo's first page: one card per bulletin, in one language, with its forms and how to recompute it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Final, Literal

from saima import __version__
from saima.engine.model.evaluation import Evaluation
from saima.press import Issue, headline_lead
from saima.words import LANGS, Lang, say

FORMS: Final = {
    "page": "bulletin.{}.html",
    "pdf": "bulletin.{}.pdf",
    "summary": "summary.{}.pdf",
    "word": "bulletin.{}.docx",
    "workbook": "bulletin.{}.xlsx",
    "chat": "chat.{}.txt",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A bulletin to show: its folder, what it says, and how far it is."""

    folder: str
    evaluation: Evaluation
    issue: Issue
    state: Literal["published", "draft", "computed"]


def index_page(cards: Sequence[Card], at: str, lang: Lang) -> str:
    """A self-contained page without script, readable at any width, light or dark; ``at`` is the folder it is in."""
    style = files(__package__).joinpath("index.css").read_text("utf-8")
    other: Lang = next(each for each in LANGS if each != lang)
    switch = "index.html" if other == "en" else f"index.{other}.html"

    def said(code: str, **params: object) -> str:
        return escape(say(f"cli.demo.page.{code}", lang, **params))

    return f"""<!doctype html>
<html lang="{"zh-CN" if lang == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{said("title")}</title>
<style>
{style}</style>
</head>
<body>
<header>
<p class="brand">Saima <span lang="zh-CN">赛马</span></p>
<nav><a href="{switch}" lang="{"zh-CN" if other == "zh" else "en"}">{escape(say("cli.demo.page.name", other))}</a></nav>
<h1>{said("title")}</h1>
<p class="lead">{said("lead")}</p>
</header>
<main>
{"".join(_card(card, at, lang) for card in cards)}</main>
<footer><p>{said("foot", version=__version__)}</p></footer>
</body>
</html>
"""


def _card(card: Card, at: str, lang: Lang) -> str:
    evaluation = card.evaluation
    season = evaluation.season

    def said(code: str, **params: object) -> str:
        return escape(say(f"cli.demo.page.{code}", lang, **params))

    state = said(card.state, number=str(card.issue.number), date=card.issue.dated)
    notice = season.notice.of(lang)
    links = {form: f"{escape(card.folder)}/{name.format(lang)}" for form, name in FORMS.items()}
    forms = "".join(f'<li><a href="{link}">{said(f"form_{form}")}</a></li>' for form, link in links.items())
    title = escape(season.title.of(lang))
    return f"""<article>
<p class="when">{escape(str(evaluation.period))} · {state}</p>
<h2><a href="{links["page"]}">{title}</a></h2>
{f'<p class="notice">{escape(notice)}</p>' if notice else ""}
<p>{escape(headline_lead(evaluation, lang))}</p>
<ul class="forms">{forms}</ul>
<p class="verify">{said("verify")} <code>saima verify {escape(at)}/{escape(card.folder)}</code></p>
</article>
"""
