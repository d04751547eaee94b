"""How commands are found, helped and refused, whatever they do."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from saima.cli.grammar import every
from saima.words import LANGS

EVERY = [c.name for c in every()]


def test_without_a_command_every_command_is_listed(saima) -> None:
    shown = saima()

    assert shown.code == 0
    assert shown == saima("--help")
    assert [
        line.removeprefix("  saima ").partition("  ")[0]
        for line in shown.out.splitlines()
        if line.startswith("  saima ")
    ] == EVERY


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", EVERY)
def test_each_command_has_help_in_each_language(saima, command: str, lang: str) -> None:
    shown = saima(*command.split(), "--help", "--lang", lang)

    assert shown.code == 0
    assert shown.err == ""
    assert ("用法：" in shown.out) == (lang == "zh")
    assert "示例：" in shown.out if lang == "zh" else "Example:" in shown.out
    assert "None" not in shown.out
    assert "%%" not in shown.out


@pytest.mark.parametrize("typed", [["rules"], ["rules", "--help"], ["help", "rules"]])
def test_a_word_that_begins_several_commands_lists_them(saima, typed: list[str]) -> None:
    shown = saima(*typed)

    assert (shown.code, shown.err) == (0, "")
    assert [line.split()[1:3] for line in shown.out.splitlines() if line.startswith("  saima ")] == [
        c.split() for c in EVERY if c.startswith("rules ")
    ]


def test_help_is_asked_for_by_its_name_too(saima) -> None:
    assert saima("help").out == saima("--help").out
    assert saima("help", "evaluate").out == saima("evaluate", "--help").out


def test_version_is_said(saima) -> None:
    assert saima("--version").out == "saima 0.1.0\n"


def test_a_misspelt_command_suggests_the_nearest(saima) -> None:
    refused = saima("evalute", "ruian-2021")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "There is no command 'evalute'. Did you mean: saima evaluate?\n"


def test_an_unlike_command_lists_those_on_offer(saima) -> None:
    refused = saima("race")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"There is no command 'race'. On offer: {', '.join(EVERY)}.\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["evaluate"], "Missing: SEASON. Write: saima evaluate SEASON [Options]\n"),
        (["whatif", "x", "y"], "Missing: --place. Write: saima whatif SEASON CONTESTANT --place N [Options]\n"),
        (["evaluate", "x", "--period"], "--period needs a value after it.\n"),
        (["evaluate", "x", "--lang"], "--lang needs a value after it.\n"),
        (["evaluate", "x", "--jsn"], "saima evaluate has no option '--jsn'. Did you mean --json?\n"),
        (
            ["verify", "x", "--quick"],
            "saima verify has no option '--quick'. On offer: --key, --lang, --help.\n",
        ),
        (
            ["check", "my", "season"],
            "saima check takes no further argument 'season'. Put a name with spaces in quotation marks.\n",
        ),
        (["evaluate", "x", "--seed", "-1"], "--seed -1: write a whole number from 0 to 2147483647.\n"),
        (["evaluate", "x", "--seed", "1.5"], "--seed 1.5: write a whole number from 0 to 2147483647.\n"),
        (["demo", "--port", "99999"], "--port 99999: write a whole number from 0 to 65535.\n"),
        (
            ["--lang", "fr"],
            "'fr' is no language of Saima: write en or zh, after --lang or in SAIMA_LANG.\n",
        ),
    ],
)
def test_a_mistake_in_typing_is_one_sentence(saima, typed: list[str], said: str) -> None:
    refused = saima(*typed)

    assert (refused.code, refused.out, refused.err) == (2, "", said)


def test_language_comes_from_the_option_then_the_environment_never_the_locale(tmp_path: Path) -> None:
    def first_line(*arguments: str, **environment: str) -> str:
        run = subprocess.run(
            [sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())", *arguments],
            capture_output=True,
            cwd=tmp_path,
            env={k: v for k, v in os.environ.items() if k != "SAIMA_LANG"} | environment,
            check=True,
        )
        return run.stdout.decode().splitlines()[0]

    english = first_line("--help")

    assert english.startswith("Saima 0.1.0: a region's innovation")
    assert first_line("--help", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8", LANGUAGE="zh") == english
    assert first_line("--help", SAIMA_LANG="zh").startswith("赛马 Saima 0.1.0：")
    assert first_line("--help", "--lang=en", SAIMA_LANG="zh") == english
    assert first_line("--help", SAIMA_LANG="zh", LC_ALL="C", PYTHONIOENCODING="ascii").startswith("赛马")


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = [sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, "evaluate", "sdg-2018", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.read(10)
        run.stdout.close()
        said = run.stderr.read()

    assert (run.returncode, said) == (0, b"")


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal, which needs POSIX")
def test_ctrl_c_leaves_one_sentence() -> None:
    script = (
        "import sys, time\n"
        "import saima.cli.shell as shell\n"
        "def wait(*_):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
        "shell.parse = wait\n"
        "sys.exit(shell.main(['check', 'x'], {}))\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.send_signal(signal.SIGINT)
        said = run.stderr.read().decode()

    assert run.returncode == 130
    assert said == "Interrupted. Files already written are whole; nothing is half done.\n"
