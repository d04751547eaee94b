"""The look is one system: tokens only, readable in both themes, and nothing in a page a strict policy would refuse."""

import re
from functools import cache
from pathlib import Path

import pytest

from saima.server.kit.icons import ICONS

SERVER = Path(__file__).resolve().parents[3] / "src" / "saima" / "server"
CSS = (SERVER / "kit" / "static" / "kit" / "saima.css").read_text("utf-8")
PLAIN = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
TEMPLATES = sorted(SERVER.rglob("templates/**/*.html"))
LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(")


def tokens(block):
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


LIGHT = tokens(re.search(r':root, \[data-theme="light"\] \{(.*?)\n\}', PLAIN, re.DOTALL)[1])
DARK = tokens(re.search(r'\n  \[data-theme="dark"\] \{(.*?)\n  \}', PLAIN, re.DOTALL)[1])
AUTO = tokens(re.search(r'\n  \[data-theme="auto"\] \{(.*?)\n  \}', PLAIN, re.DOTALL)[1])

# what is written on what, and how far apart WCAG 2.2 AA wants them: 4.5 for words, 3 for shapes and borders of inputs
WORDS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "link") for ground in ("ground", "surface", "raised", "sunken")],
    *[(colour, colour + "-soft") for colour in ("green", "amber", "red", "blue", "grey")],
    *[("ink", colour + "-soft") for colour in ("green", "amber", "red", "blue")],
    *[(colour, "surface") for colour in ("green", "amber", "red")],
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-danger", "danger"),
    ("on-danger", "danger-hover"),
    ("bar-ink", "bar-from"),
    ("bar-ink", "bar-to"),
    ("bar-ink-2", "bar-to"),
    ("gold-ink", "gold"),
    ("silver-ink", "silver"),
    ("bronze-ink", "bronze"),
    ("ink", "selected"),
    ("ink-2", "selected"),
]
SHAPES = [
    *[(colour + "-fill", "surface") for colour in ("green", "amber", "red", "blue")],
    ("line-strong", "surface"),
    ("focus", "surface"),
    ("focus", "ground"),
    ("ink", "lane"),
]


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_everything_written_can_be_read(theme):
    asked = [(pair, 4.5) for pair in WORDS] + [(pair, 3.0) for pair in SHAPES]
    found = {
        (ink, ground): round(contrast(theme.get(ink, LIGHT[ink]), theme.get(ground, LIGHT[ground])), 2)
        for (ink, ground), _ in asked
    }

    assert {pair: found[pair] for pair, least in asked if found[pair] < least} == {}


def test_dark_by_choice_and_dark_by_the_system_are_the_same():
    assert DARK == AUTO


def test_dark_says_every_colour_light_says():
    colours = {name for name, value in LIGHT.items() if LITERAL.search(value)} - {"paper"}

    assert colours - set(DARK) == set()


def test_colours_stand_in_tokens_only():
    rest = re.sub(r"--[\w-]+:[^;]+;", "", PLAIN)
    paper = rest.index("@media print")  # paper is white and its rules are grey wherever it is printed
    allowed = [".bar-pill", ".sticky-foot"]  # a white rim on the bar, a shadow
    lines = [line for line in rest[:paper].splitlines() if LITERAL.search(line) and "box-shadow" not in line]

    assert [
        line for line in lines if "rgb(255 255 255 / 40%)" not in line and not line.startswith(tuple(allowed))
    ] == []


def test_tokens_that_are_used_are_there():
    own = {p.name: p.read_text("utf-8") for p in SERVER.rglob("static/**/*.css")}
    known = set(LIGHT) | set(tokens(PLAIN))

    found = {
        name: sorted(set(re.findall(r"var\(--([\w-]+)", css)) - known - set(tokens(css))) for name, css in own.items()
    }

    assert {name: missing for name, missing in found.items() if missing} == {}


@cache
def pages():
    return {str(p.relative_to(SERVER)): p.read_text("utf-8") for p in TEMPLATES}


def test_pages_hold_no_inline_script_style_or_handler():
    refused = re.compile(
        r"<style|<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>|\sstyle=|\son[a-z]+=\"", re.IGNORECASE
    )

    assert {name: refused.findall(page) for name, page in pages().items() if refused.search(page)} == {}


def test_every_icon_asked_for_is_drawn():
    asked = {name for page in pages().values() for name in re.findall(r"{% icon [\"']([\w-]+)[\"']", page)}

    assert asked - set(ICONS) == set()


@pytest.mark.parametrize(
    "name",
    [
        "page-head sub actions card card-head cards stat-label stat-value stat-note split stack toolbar",
        "table num sticky row-link table-wrap btn btn-primary btn-danger btn-quiet btn-small field error",
        "pill pill-green pill-amber pill-red pill-blue pill-grey light light-green light-yellow light-red light-none",
        "notice notice-good notice-warn notice-refused empty tabs tab steps timeline rank rank-1 rank-2 rank-3 track",
        "field-row help spark diff-old diff-new kbd muted small mono visually-hidden pane panes",
    ],
)
def test_promised_classes_are_styled(name):
    assert [c for c in name.split() if not re.search(rf"\.{c}(?![\w-])", PLAIN)] == []
