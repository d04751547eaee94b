"""Reads an expression: characters become tokens, tokens a tree. Knows no rule: which names there are is asked later.

::

    logic       = both { ("or" | "或") both }
    both        = negation { ("and" | "且") negation }
    negation    = ("not" | "非") negation | comparison
    comparison  = sum [ (">=" | ">" | "<=" | "<" | "=" | "!=") sum | "in" NAME ]
    sum         = product { ("+" | "-") product }
    product     = sign { ("*" | "/") sign }
    sign        = "-" sign | value
    value       = NUMBER | NAME | NAME "(" logic { "," logic } ")" | "(" logic ")"
                | "if" "(" logic "," logic "," logic ")" | "held" "(" STATUS ")" | "known" "(" logic ")"
                | "growth" "(" sum "," sum "," sum ")"
    NUMBER      = digits [ "." digits ] [ "万" | "亿" | "%" ]
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal, NoReturn, cast

from saima.engine.errors import Problem, RuleRefused
from saima.engine.rules.tree import (
    Arithmetic,
    Call,
    Compare,
    Comparison,
    Growth,
    Held,
    If,
    Junction,
    Known,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Operation,
    Within,
    depth,
    walk,
)

MOST_CHARACTERS: Final = 2_000
MOST_NODES: Final = 400
MOST_DEPTH: Final = 40
MOST_CONSTANT: Final = 10**15
MOST_DIGITS: Final = 15

WORDS: Final = {"and": "and", "or": "or", "not": "not", "in": "in", "且": "and", "或": "or", "非": "not"}
SIGNS_OF_WORDS: Final = "且或非"  # words even where no blank stands around them, as Chinese is written
FUNCTIONS: Final = {"if": 3, "min": 2, "max": 2, "abs": 1, "growth": 3, "held": 1, "known": 1}  # min, max: at least
RESERVED: Final = frozenset({*WORDS, *FUNCTIONS, "points", "as_of"})
_FACTORS: Final = {"万": Fraction(10_000), "亿": Fraction(100_000_000), "%": Fraction(1, 100), "": Fraction(1)}
# What an input method for Chinese writes where ASCII is meant: one character for one, so that positions stay.
_WIDE: Final = str.maketrans("（），＋－−×＊÷／＞＜＝％≧≦", "(),+--**//><=%≥≤")
_SIGNS: Final = {"≥": ">=", "≤": "<=", "≠": "!=", "==": "=", "<>": "!="}
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([万亿%]?)", re.ASCII)
_OPERATOR: Final = re.compile(r">=|<=|!=|==|<>|[-+*/()<>=,≥≤≠]")
STATUS: Final = re.compile(r"[^\W_][\w.-]{0,79}")
_COMPARISONS: Final = frozenset({">=", ">", "<=", "<", "=", "!="})


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Literal["number", "name", "word", "sign", "end"]
    text: str
    start: int
    end: int


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises
    ------
    RuleRefused
        One problem, with ``start`` and ``end`` (characters from 0, the end excluded) among its parameters.

    Examples
    --------
    >>> parse("研发费用 / 营业收入 >= 5 %").comparison
    '>='
    >>> parse("staff <= 500且revenue <= 2亿").word
    'and'
    """
    if len(text) > MOST_CHARACTERS:
        _refuse("rules.too_long", MOST_CHARACTERS, len(text), count=len(text), most=MOST_CHARACTERS)
    tree = _Parser(_tokens(text), text).whole()
    nodes = sum(1 for _ in walk(tree))
    if nodes > MOST_NODES:
        _refuse("rules.too_many_parts", 0, len(text), count=nodes, most=MOST_NODES)
    if depth(tree) > MOST_DEPTH:
        _refuse("rules.too_deep", 0, len(text), most=MOST_DEPTH)
    return tree


def is_name(text: str) -> bool:
    """Whether a text can be a name in expressions.

    Examples
    --------
    >>> is_name("rd_spend"), is_name("营业收入"), is_name("5th"), is_name("and"), is_name("非专利"), is_name("a-b")
    (True, True, False, False, False, False)
    """
    return (
        bool(text)
        and text not in RESERVED
        and _starts_name(text[0])
        and all(_goes_on(c) for c in text)
        and len(text) <= 60
    )


def _starts_name(c: str) -> bool:
    return (c.isalpha() or c == "_") and c not in SIGNS_OF_WORDS


def _goes_on(c: str) -> bool:
    return (c.isalpha() or c == "_" or c in "0123456789") and c not in SIGNS_OF_WORDS


def _refuse(code: str, start: int, end: int, **params: object) -> NoReturn:
    raise RuleRefused(Problem(code, {**params, "start": start, "end": end}, column=str(start + 1)))


def _tokens(text: str) -> list[_Token]:
    plain = text.translate(_WIDE)
    found: list[_Token] = []
    at = 0
    while at < len(plain):
        c = plain[at]
        if c in " \t\n\u3000":
            at += 1
        elif number := _NUMBER.match(plain, at):
            end = number.end() if number[2] else number.end(1)
            if end < len(plain) and (_goes_on(plain[end]) or plain[end] == "."):
                _refuse("rules.number_runs_on", at, end + 1, seen=_seen(text, at, end + 1))
            found.append(_Token("number", plain[at:end], at, end))
            at = end
        elif c in SIGNS_OF_WORDS:
            found.append(_Token("word", WORDS[c], at, at + 1))
            at += 1
        elif _starts_name(c):
            end = at + 1
            while end < len(plain) and _goes_on(plain[end]):
                end += 1
            name = plain[at:end]
            found.append(_Token("word" if name in WORDS else "name", WORDS.get(name, name), at, end))
            at = end
        elif sign := _OPERATOR.match(plain, at):
            found.append(_Token("sign", _SIGNS.get(sign[0], sign[0]), at, sign.end()))
            at = sign.end()
        else:
            _refuse("rules.strange_character", at, at + 1, seen=_seen(text, at, at + 1))
    found.append(_Token("end", "", len(text), len(text)))
    return found


def _seen(text: str, start: int, end: int) -> str:
    """A stretch of the text as it can stand in a sentence."""
    cut = text[start : min(end, start + 40)]
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in cut)


class _Parser:
    def __init__(self, tokens: list[_Token], text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._at = 0
        self._nested = 0

    def whole(self) -> Node:
        if self._next.kind == "end":
            _refuse("rules.empty", 0, len(self._text))
        tree = self._logic()
        if self._at < len(self._tokens) - 1:
            self._unexpected("rules.expected_operator")
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, kind: str, *texts: str) -> bool:
        return self._next.kind == kind and self._next.text in texts

    def _unexpected(self, code: str, **params: object) -> NoReturn:
        token = self._next
        if token.kind == "end":
            _refuse("rules.ends_early", token.start, token.end)
        _refuse(code, token.start, token.end, seen=_seen(self._text, token.start, token.end), **params)

    def _sign(self, text: str) -> _Token:
        if not self._is("sign", text):
            self._unexpected("rules.expected_sign", sign=text)
        return self._take()

    def _logic(self) -> Node:
        self._nested += 1
        if self._nested > MOST_DEPTH:
            _refuse("rules.too_deep", self._next.start, self._next.end, most=MOST_DEPTH)
        tree = self._joined("or")
        self._nested -= 1
        return tree

    def _joined(self, word: Literal["and", "or"]) -> Node:
        below = self._both if word == "or" else self._negation
        parts = [below()]
        while self._is("word", word):
            self._take()
            parts.append(below())
        return parts[0] if len(parts) == 1 else Junction(parts[0].start, parts[-1].end, word, tuple(parts))

    def _both(self) -> Node:
        return self._joined("and")

    def _negation(self) -> Node:
        if not self._is("word", "not"):
            return self._comparison()
        start = self._take().start
        self._nested += 1
        if self._nested > MOST_DEPTH:
            _refuse("rules.too_deep", start, self._next.end, most=MOST_DEPTH)
        of = self._negation()
        self._nested -= 1
        return Not(start, of.end, of)

    def _comparison(self) -> Node:
        left = self._sum()
        if self._is("word", "in"):
            self._take()
            if self._next.kind != "name":
                self._unexpected("rules.expected_set")
            name = self._take()
            return self._alone(Within(left.start, name.end, left, Name(name.start, name.end, name.text)))
        if self._next.kind == "sign" and self._next.text in _COMPARISONS:
            comparison = cast("Comparison", self._take().text)
            right = self._sum()
            return self._alone(Compare(left.start, right.end, comparison, left, right))
        return left

    def _alone(self, compared: Node) -> Node:
        """One comparison at a time: ``a < b < c`` means nothing here."""
        if (self._next.kind == "sign" and self._next.text in _COMPARISONS) or self._is("word", "in"):
            self._unexpected("rules.chained")
        return compared

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._signed))

    def _chain(self, signs: tuple[str, ...], below: Callable[[], Node]) -> Node:
        left = below()
        while self._is("sign", *signs):
            operation = cast("Operation", self._take().text)
            right = below()
            left = Arithmetic(left.start, right.end, operation, left, right)
        return left

    def _signed(self) -> Node:
        if not self._is("sign", "-"):
            return self._value()
        start = self._take().start
        self._nested += 1
        if self._nested > MOST_DEPTH:
            _refuse("rules.too_deep", start, self._next.end, most=MOST_DEPTH)
        of = self._signed()
        self._nested -= 1
        return Negative(start, of.end, of)

    def _value(self) -> Node:
        token = self._next
        if token.kind == "number":
            return self._number(self._take())
        if self._is("sign", "("):
            self._take()
            inner = self._logic()
            self._sign(")")
            return inner
        if token.kind != "name":
            self._unexpected("rules.expected_value")
        self._take()
        if self._is("sign", "("):
            return self._call(token)
        if token.text in FUNCTIONS:
            _refuse("rules.function_alone", token.start, token.end, name=token.text)
        return Name(token.start, token.end, token.text)

    def _number(self, token: _Token) -> Number:
        found = _NUMBER.match(token.text)
        if found is None:
            raise RuntimeError(f"no number: {token.text!r}")
        digits, suffix = found.groups()
        if len(digits.replace(".", "").strip("0")) > MOST_DIGITS:
            _refuse("rules.too_many_digits", token.start, token.end, most=MOST_DIGITS)
        value = Fraction(digits) * _FACTORS[suffix]
        if value > MOST_CONSTANT:
            _refuse("rules.too_large", token.start, token.end, most=str(MOST_CONSTANT))
        return Number(token.start, token.end, value, suffix == "%")

    def _call(self, name: _Token) -> Node:
        self._sign("(")
        if name.text == "held":
            return self._held(name)
        arguments: list[Node] = []
        if not self._is("sign", ")"):
            arguments.append(self._logic())
            while self._is("sign", ","):
                self._take()
                arguments.append(self._logic())
        end = self._sign(")").end
        wanted = FUNCTIONS.get(name.text, 1)
        if len(arguments) < wanted or (len(arguments) > wanted and name.text not in {"min", "max"}):
            code = "rules.too_few_arguments" if name.text in {"min", "max"} else "rules.number_of_arguments"
            _refuse(code, name.start, end, name=name.text, wanted=wanted, count=len(arguments))
        match name.text, arguments:
            case "if", [condition, then, otherwise]:
                return If(name.start, end, condition, then, otherwise)
            case "growth", [now, base, years]:
                return Growth(name.start, end, now, base, years)
            case "known", [of]:
                return Known(name.start, end, of)
            case _:
                return Call(name.start, end, name.text, tuple(arguments))

    def _held(self, name: _Token) -> Held:
        """``held(tech-sme)``: statuses may have hyphens, so they are read as they stand."""
        start = self._next.start
        while self._next.kind in {"name", "word", "number"} or self._is("sign", "-"):
            self._take()
        status = self._text[start : self._tokens[self._at - 1].end]
        if not STATUS.fullmatch(status):
            self._unexpected("rules.expected_status")
        return Held(name.start, self._sign(")").end, status)
