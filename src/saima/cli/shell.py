"""From argv to an exit code: 0 done, 1 verification failed, 2 input refused. Nobody ever sees a traceback for input."""

import os
import sys
from collections.abc import Mapping, Sequence
from io import TextIOWrapper

from saima.cli.grammar import language, parse
from saima.cli.output import Output
from saima.engine.errors import Refused
from saima.words import Lang, say

DONE, REFUSED, INTERRUPTED = 0, 2, 130


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] | None = None) -> int:
    """Run one command and say how it went as an exit code.

    A command's answer is printed once it is complete: a refusal leaves nothing on standard output.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # under a test's capture it is not
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    lang: Lang = "en"
    try:
        lang = language(arguments, os.environ if environment is None else environment)
        return _run(arguments, lang)
    except Refused as refusal:
        _complain(refusal.sentences(lang))
        return REFUSED
    except BrokenPipeError:
        # The reader went away, as `| head` does; the interpreter must not try to flush again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as fault:
        _complain([say("cli.system", lang, file=fault.filename or "", reason=fault.strerror or str(fault))])
        return REFUSED
    except KeyboardInterrupt:
        _complain([say("cli.interrupted", lang)])
        return INTERRUPTED


def _run(arguments: Sequence[str], lang: Lang) -> int:
    out = Output(lang)
    given = parse(arguments, lang)
    if isinstance(given, str):
        out.write(given)
        out.flush()
        return DONE
    code = given.command.start()(given, out)
    out.flush()
    return code


def _complain(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(sentence, file=sys.stderr)
