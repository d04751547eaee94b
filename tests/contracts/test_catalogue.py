"""The catalogue is complete: both languages, the same parameters, no sentence missing and none left over."""

import ast
import re
import string
from functools import cache
from pathlib import Path

from saima.words import codes, template

SOURCE = Path(__file__).resolve().parents[2] / "src" / "saima"
CATALOGUE = SOURCE / "words" / "catalogue"
SAYS = {"say", "Problem", "template"}
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_-]+)+")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
QUOTES_CHINESE: set[str] = set()


def parameters(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@cache
def trees() -> dict[str, ast.Module]:
    return {str(p.relative_to(SOURCE)): ast.parse(p.read_text("utf-8")) for p in sorted(SOURCE.rglob("*.py"))}


def said_codes() -> set[tuple[str, str]]:
    """(file, code) of every code that stands literally where a sentence is asked for."""
    found = set()
    for name, tree in trees().items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            first = call.args[:1] if called in SAYS else []
            named = [k.value for k in call.keywords if k.arg == "code"]
            for argument in [
                *first,
                *(n for n in named if called in {"Problem", "NotRanked", "Adjustment", "Finding"}),
            ]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add((name, argument.value))
    return found


def literals_and_patterns() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string of the source and of the templates, and a pattern for each string built on a code's head."""
    literals: set[str] = set()
    patterns: list[re.Pattern[str]] = []
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [re.escape(v.value) if isinstance(v, ast.Constant) else r"[a-z0-9_.-]+" for v in node.values]
                whole = "".join(parts)
                if re.match(r"[a-z_]+\\\.", whole):
                    patterns.append(re.compile(whole))
    for path in SOURCE.rglob("*"):
        if path.suffix in {".html", ".j2", ".typ", ".js"}:
            literals.update(m[0] for m in CODE.finditer(path.read_text("utf-8")))
    return literals, patterns


def test_every_sentence_stands_in_both_languages() -> None:
    found = {code: template(code) for code in codes()}

    assert [c for c, t in found.items() if bool(t.en.strip()) != bool(t.zh.strip())] == []


def test_both_languages_take_the_same_parameters() -> None:
    found = {code: template(code) for code in codes()}

    assert [c for c, t in found.items() if parameters(t.en) != parameters(t.zh)] == []


def test_english_sentences_hold_chinese_only_where_they_quote_it() -> None:
    # A table of the bureau is written in Chinese; what an import asks for is quoted as it must be typed there.
    found = [code for code in codes() if CHINESE.search(template(code).en) and not code.startswith("import.")]

    assert [c for c in found if c not in QUOTES_CHINESE] == []


def test_every_code_that_is_said_stands_in_the_catalogue() -> None:
    known = set(codes())

    assert sorted((file, code) for file, code in said_codes() if code not in known) == []


def test_no_sentence_is_left_over() -> None:
    literals, patterns = literals_and_patterns()

    def joined(code: str) -> bool:
        """Said as a code with a tail put on it, both standing literally."""
        cuts = [n for n, letter in enumerate(code) if letter == "."]
        return any(code[:n] in literals and code[n:] in literals for n in cuts)

    unused = [c for c in codes() if c not in literals and not joined(c) and not any(p.fullmatch(c) for p in patterns)]

    assert unused == [], "\n".join(unused)


def test_catalogue_codes_are_words_joined_by_points() -> None:
    assert [c for c in codes() if not CODE.fullmatch(c)] == []
