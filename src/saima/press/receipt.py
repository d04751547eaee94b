"""The receipt of a submitted report as PDF: who sent what and when, every figure, and the digest that proves it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from saima.press.pdf import compiled
from saima.words import Lang


@dataclass(frozen=True)
class Receipt:
    """Everything in words. ``facts``: label, text, whether it stands out; ``rows`` have four cells like ``heads``."""

    title: str
    season: str
    facts: Sequence[tuple[str, str, bool]]
    digest_label: str
    digest: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    closing: str


def render_receipt(receipt: Receipt, lang: Lang, *, made: datetime) -> bytes:
    """The PDF; equal arguments give equal bytes."""
    inputs = {"receipt": json.dumps(asdict(receipt) | {"lang": lang}, ensure_ascii=False, sort_keys=True)}
    return compiled(_layout(), inputs, made)


@cache
def _layout() -> bytes:
    return files("saima.press.pdf").joinpath("receipt.typ").read_bytes()
