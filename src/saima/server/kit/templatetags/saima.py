"""Template tags every page may use without loading: sentences, numbers, days, icons, lights, tracks, list pages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from saima.server.kit import drawings, icons, written
from saima.server.kit.context import lang
from saima.words import Lang, Text, measured, number, percent, say

register = template.Library()


@register.simple_tag(name="say")
def say_tag(code: str, **params: Any) -> str:
    """``{% say "report.title" season=season.title %}``: a whole sentence of the catalogue in the page's language."""
    return say(code, lang(), **params) if params else _sentence(code, lang())


@cache
def _sentence(code: str, language: Lang) -> str:
    """A sentence without parameters: pages have hundreds of them, most the same in each row."""
    said = say(code, language)
    return SafeString(said) if escape(said) == said else said  # nothing to escape: not looked at again


@register.filter
def text(value: Any) -> str:
    """A ``Text`` in the page's language."""
    return value.of(lang()) if isinstance(value, Text) else str(value or "")


@register.filter
def num(value: Any, decimals: int | None = None) -> str:
    """A number as people of the page's language write it; nothing for nothing."""
    if value is None or value == "":
        return ""
    return number(float(value), lang()) if decimals is None else number(float(value), lang(), int(decimals))


@register.filter
def share(value: Any) -> str:
    """0.649 -> 64.9 %."""
    return "" if value is None or value == "" else percent(float(value), lang())


@register.filter
def wan(value: Any, decimals: int = 1) -> str:
    """1234567 -> 123.5万 in Chinese, 1,234,567 in English."""
    return "" if value is None or value == "" else written.wan(float(value), lang(), int(decimals))


@register.filter
def day(value: date | datetime | None, zone: str = "") -> str:
    """``{{ report.due_at|day:season.time_zone }}``: 5 June 2026, 2026年6月5日. Without a zone: the installation's."""
    return written.day(value, lang(), zone) if value else ""


@register.filter
def moment(value: datetime | None, zone: str = "") -> str:
    """``{{ report.due_at|moment:season.time_zone }}``: 5 June 2026, 18:00."""
    return written.moment(value, lang(), zone) if value else ""


@register.filter
def period(value: Any) -> str:
    """``{{ report.period|period }}``: 2026-05 is May 2026, 2026年5月."""
    return written.period(str(value), lang()) if value else ""


@register.filter
def words(value: str) -> list[str]:
    """``{% for colour in "green red"|words %}``."""
    return value.split()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "check" %}``; give ``label`` only where no words stand beside it."""
    return icons.icon_svg(name, label)


@register.simple_tag
def mark() -> SafeString:
    """The house's mark."""
    return icons.mark_svg()


@register.simple_tag
def light(colour: str, label: str = "", words: bool = False) -> SafeString:
    """``{% light "green" %}``: green, yellow, red or none; ``words=True`` writes the colour's name beside it."""
    known = colour if colour in drawings.SHAPES else "none"
    sentence = label or say(f"light.{known}", lang())
    drawn = drawings.light_svg(known, sentence)
    if not words:
        return drawn
    return format_html('<span class="light-said">{} {}</span>', drawn, say("light.name", lang(), light=known))


@register.simple_tag
def track(
    done: float | None = None,
    due: float | None = None,
    low: float | None = None,
    high: float | None = None,
    colour: str = "blue",
    finish: float | None = 1.0,
    most: float = 0.0,
    label: str = "",
) -> SafeString:
    """``{% track done=0.649 due=0.333 low=0.78 high=0.88 colour="green" most=1.2 %}``: one lane of the race track.

    Shares of the year's target. ``most`` is the longest share of the lanes side by side: one scale for all.
    """
    return drawings.track_svg(
        done=done,
        due=due,
        low=low,
        high=high,
        colour=colour,
        finish=finish,
        most=most or 0.0,
        words=label or _lane_words(done, due, low, high),
    )


def _lane_words(done: float | None, due: float | None, low: float | None, high: float | None) -> str:
    said = [say("track.nothing", lang()) if done is None else say("track.done", lang(), done=percent(done, lang()))]
    if due is not None:
        said.append(say("track.due", lang(), due=percent(due, lang())))
    if low is not None and high is not None:
        said.append(say("track.band", lang(), low=percent(low, lang(), 0), high=percent(high, lang(), 0)))
    return " ".join(said)


@register.simple_tag
def rank_interval(low: int, high: int, of: int, rank: int | None = None, label: str = "") -> SafeString:
    """``{% rank_interval 2 3 5 rank=2 %}``: the ranks that are likely, on a line of all places."""
    code = "rank.one" if low == high else "rank.between"
    return drawings.rank_interval_svg(low, high, of, rank, label or say(code, lang(), low=low, high=high, of=of))


@register.simple_tag
def change(places: int | None) -> SafeString:
    """``{% change 2 %}``: places gained (+) or lost (-) since the last cut; None where there was no rank before."""
    if places is None:
        shape, arrow, sentence = "none", "", say("change.new", lang())
    elif places == 0:
        shape, arrow, sentence = "same", "\N{EM DASH}", say("change.same", lang())
    else:
        shape, arrow = (
            ("up", "\N{BLACK UP-POINTING TRIANGLE}") if places > 0 else ("down", "\N{BLACK DOWN-POINTING TRIANGLE}")
        )
        arrow += str(abs(places))
        sentence = say(f"change.{shape}", lang(), places=abs(places))
    return format_html(
        '<span class="change change-{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></span>',
        shape,
        arrow,
        sentence,
    )


@register.simple_tag
def spark(values: Sequence[float | None], label: str = "") -> SafeString:
    """``{% spark values label="..." %}``: the line of past values; None leaves a gap."""
    return drawings.spark_svg(list(values), label)


@register.simple_tag
def meter(part: float, whole: float, label: str = "") -> SafeString:
    """``{% meter 14 18 %}``: how much is there."""
    return drawings.meter_svg(part, whole, label or say("meter.of", lang(), part=part, whole=whole))


@register.simple_tag
def gantt_lane(bar: Any, layout: Any, months: Sequence[float], label: str) -> SafeString:
    """``{% gantt_lane bar layout months said %}``: one task of a plan, as ``press.charts.gantt`` laid it out."""
    return drawings.gantt_lane_svg(
        room=bar.room,
        start=bar.start,
        end=bar.end,
        done=bar.done,
        critical=bar.critical,
        today=layout.today,
        deadline=layout.deadline,
        months=months,
        words=label,
    )


@register.simple_tag
def gantt_head(months: Sequence[tuple[float, str]]) -> SafeString:
    """``{% gantt_head head %}``: the months above the bars of a plan."""
    return drawings.gantt_head_svg(months)


@register.simple_tag(takes_context=True)
def shell(context: Context) -> Any:
    """The frame of the page, as the site's context gives it, asked for the season of this page."""
    given = context.get("shell")
    return given.at(context.get("season")) if given else None


@register.inclusion_tag("kit/parts/pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]", name: str = "page") -> Mapping[str, Any]:
    """``{% pager page %}``: addresses of the other pages of a list, with all other choices of the address kept."""
    request = context.get("request")
    kept: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)

    def address(n: int) -> str:
        kept[name] = str(n)
        return "?" + kept.urlencode()

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [(n, address(n) if isinstance(n, int) and n != page.number else "") for n in numbers],
    }


__all__ = ["measured", "num", "say_tag", "share", "text"]
