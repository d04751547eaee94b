"""From a Vega-Lite specification to the bytes of an SVG that reads the same everywhere and says what it shows."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from typing import Any, Final

from saima.press.charts.palette import TOKENS, ink
from saima.press.columns import cut
from saima.press.fonts import CHART, folders

Spec = dict[str, Any]
_NOISE: Final = re.compile(
    r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*"|aria-hidden="true"|pointer-events="none"|opacity="1")'
)
_EMPTY: Final = re.compile(r'<path class="(?:foreground|background)"(?: d="(?:|M0,0h0v0h0Z)")(?: display="none")?/>')
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}\b")
_ID: Final = re.compile(r' id="([^"]*)"')
_REFERENCE: Final = re.compile(r'="url\(#([^)]*)\)"')
# A measure in the font of charts opens its file anew for every glyph; this one the renderer has in memory, nearly as
# wide. What has other characters than these is measured in the font of charts.
_MEASURE: Final = "Liberation Sans"
_MEASURED: Final = re.compile(r"[ -\[\]-~\u00a0-\u017f–—‘’“”…−●▲■]*")
_PAINT: Final = re.compile(r'( (?:fill|stroke)=")(#[0-9a-fA-F]{6})\b')
_BY_HEX: Final = {token.light: name for name, token in TOKENS.items()}


def frame(
    key: str, sentence: str, *, width: int, layer: Sequence[Spec], height: int | Spec, data: Spec, above: int = 4
) -> Spec:
    """A whole specification: ``key`` names the chart (and keeps its ids apart), ``sentence`` says what it shows."""
    values = data["values"]
    axes = _face([part["encoding"] for part in layer], values)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "name": key,
        "description": sentence,
        "width": width,
        "height": height,
        "padding": {"left": 28, "top": above, "right": 28, "bottom": 4},  # browsers set words wider than measured
        "background": None,
        "data": data,
        "layer": [_faced(part, values) for part in layer],
        "config": {
            "aria": False,  # one sentence for the whole picture instead of one per mark
            "view": {"stroke": None},
            "axis": {
                "domain": False,
                "ticks": False,
                "labelFont": axes,
                "titleFont": axes,
                "grid": False,
                "labelColor": ink("ink"),
                "labelFontSize": 13,
                "labelLimit": 0,  # the words are cut already: a limit is measured time and again
                "labelPadding": 8,
                "titleColor": ink("muted"),
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "gridColor": ink("line"),
            },
            "text": {"fontSize": 13, "color": ink("ink")},
        },
    }


def _faced(part: Spec, values: Sequence[Mapping[str, object]]) -> Spec:
    mark = part["mark"]
    if mark["type"] != "text":
        return part
    field = part["encoding"]["text"]["field"]
    return {**part, "mark": {**mark, "font": _face([row[field] for row in values])}}


def _face(*said: object) -> str:
    return _MEASURE if all(_MEASURED.fullmatch(text) for text in _texts(said)) else CHART


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        yield from _texts(list(node.values()))
    elif isinstance(node, Sequence):
        for one in node:
            yield from _texts(one)


def rows(values: Sequence[Mapping[str, object]]) -> Spec:
    return {"values": [dict(v) for v in values]}


def words(titles: Mapping[str, str], most: int) -> str:
    """The label expression that turns codes into titles of ``most`` columns, so that two equal titles stay two rows."""
    # A label is one line; some line separators that JSON allows would end the string of an expression.
    short = {code: cut(" ".join(title.splitlines()), most) for code, title in titles.items()}
    return (
        f"({json.dumps(short, ensure_ascii=False, sort_keys=True)})[datum.value]"  # a JSON object is a Vega expression
    )


@cache
def _fonts_ready() -> None:
    import vl_convert

    for folder in folders():
        vl_convert.register_font_directory(str(folder))


def svg(spec: Spec) -> str:
    """The picture in plain hexes, for print and PDF. The same specification always gives the same bytes."""
    import vl_convert

    _fonts_ready()
    drawn: str = vl_convert.vegalite_to_svg(spec, vl_version="6.4", allowed_base_urls=[])
    drawn = _EMPTY.sub("", _NOISE.sub("", drawn)).replace(f' font-family="{_MEASURE}"', f' font-family="{CHART}"')
    drawn = _own_ids(drawn, str(spec["name"]))
    sentence = escape(spec["description"])
    head, rest = drawn.split(">", 1)
    return f'{head} role="img" aria-label="{sentence}"><title>{sentence}</title>{rest}'


def _own_ids(picture: str, key: str) -> str:
    # The renderer numbers clips over everything it ever drew; here they begin at 0 in each picture.
    found = dict.fromkeys(_ID.findall(picture))
    number = {name: f"{key}-{at}" for at, name in enumerate(found)}
    picture = _ID.sub(lambda m: f' id="{number[m[1]]}"', picture)
    return _REFERENCE.sub(lambda m: f'="url(#{number.get(m[1], m[1])})"', picture)


def themed(picture: str) -> str:
    """The same picture for a page: hexes become the page's tokens and the font the page's own."""

    def token(found: re.Match[str]) -> str:
        name = _BY_HEX.get(found[0].lower())
        return f"var(--{name})" if name else found[0]

    # Titles people typed may hold something that looks like a colour: only paint attributes are replaced.
    return _PAINT.sub(lambda m: m[1] + _HEX.sub(token, m[2]), picture.replace(f' font-family="{CHART}"', ""))
