"""The demo's first page: one card per bulletin, in one language, with its forms and how to recompute it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Final

from saima import __version__
from saima.engine.model.evaluation import Evaluation
from saima.press import Issue, headline
from saima.words import LANGS, Lang, say

FORMS: Final = (".html", ".pdf", ".docx", ".xlsx", ".txt")


@dataclass(frozen=True, slots=True)
class Card:
    """A bulletin to show: its folder, what it says, and the names of its files."""

    folder: str
    evaluation: Evaluation
    issue: Issue
    published: bool
    names: tuple[str, ...]


def index_page(cards: Sequence[Card], lang: Lang) -> str:
    """A self-contained page without script, readable at any width, light or dark."""
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
{"".join(_card(card, lang) for card in cards)}</main>
<footer><p>{said("foot", version=__version__)}</p></footer>
</body>
</html>
"""


def _card(card: Card, lang: Lang) -> str:
    evaluation = card.evaluation
    season = evaluation.season

    def said(code: str, **params: object) -> str:
        return escape(say(f"cli.demo.page.{code}", lang, **params))

    state = said("published", number=str(card.issue.number), date=card.issue.dated) if card.published else said("draft")
    notice = season.notice.of(lang)
    page = _link(card, ".html", lang)
    links = "".join(
        f'<li><a href="{escape(card.folder)}/{escape(name)}">{said(f"form_{suffix[1:]}")}</a></li>'
        for suffix in FORMS
        if (name := _link(card, suffix, lang))
    )
    title = escape(season.title.of(lang))
    return f"""<article>
<p class="when">{escape(str(evaluation.period))} · {state}</p>
<h2><a href="{escape(card.folder)}/{escape(page)}">{title}</a></h2>
{f'<p class="notice">{escape(notice)}</p>' if notice else ""}
<p>{escape(headline(evaluation, lang))}</p>
<ul class="forms">{links}</ul>
<p class="verify">{said("verify")} <code>saima verify demo/{escape(card.folder)}</code></p>
</article>
"""


def _link(card: Card, suffix: str, lang: Lang) -> str:
    """The product of that form in that language, or the only one of that form; empty when there is none."""
    top = [name for name in card.names if "/" not in name and name.endswith(suffix)]
    own = [name for name in top if name.removesuffix(suffix).endswith(lang)]
    return (own or [n for n in top if not any(n.removesuffix(suffix).endswith(x) for x in LANGS)] or [""])[0]
