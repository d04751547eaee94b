"""Small rules for tests, as the text of a file."""

from saima.engine.rules import Rule
from saima.files.rules import parse_rule

HEAD = """
[rule]
id = "small"
title = { en = "Small", zh = "小" }
kind = "status"
jurisdiction = "CN"
valid_from = 2020-01-01
"""


def rule(text: str) -> Rule:
    return parse_rule(HEAD + text, "small.toml")


def number(key: str, unit: str = "count", decimals: int = 0, most: str = "1e12", rest: str = "") -> str:
    return (
        f'[inputs.{key}]\ntitle = {{ en = "{key}" }}\nunit = "{unit}"\ndecimals = {decimals}\nmost = "{most}"\n{rest}\n'
    )


def flag(key: str) -> str:
    return f'[inputs.{key}]\ntitle = {{ en = "{key}" }}\nunit = "flag"\n'


def condition(expr: str, id_: str = "c", rest: str = "") -> str:
    return f'[[condition]]\nid = "{id_}"\nexpr = "{expr}"\nsay = {{ en = "{id_}" }}\n{rest}\n'
