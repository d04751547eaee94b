"""``saima demo``: builds the example bulletins unless they are current, and shows them on this machine."""

from pathlib import Path

from saima.cli.answers import whole_number
from saima.cli.demo.serving import HOST, server_for
from saima.cli.demo.stamp import is_current, is_ours, made_of
from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.engine.errors import Problem, QuestionRefused


def run(given: Given, out: Output) -> int:
    typed = given.maybe("port")
    port = None if typed is None else whole_number(typed, "--port", least=0, most=65_535)
    folder = Path(given.maybe("out") or "demo")
    if not is_ours(folder):
        raise QuestionRefused(Problem("cli.demo.folder_not_ours", {"folder": folder}))
    made = made_of()
    if is_current(folder, made):
        out.say("cli.demo.current", folder=folder)
    else:
        # The press and all that draws is wanted only when something is built; a second start is quick without it.
        from saima.cli.demo.building import build
        from saima.cli.terminal import steps

        build(folder, made, steps, out.lang)
        out.say("cli.demo.built", folder=folder)
    if given.has("no_serve"):
        return 0
    with server_for(folder, port) as server:
        index = "" if out.lang == "en" else f"index.{out.lang}.html"
        try:
            out.say("cli.demo.address", address=f"http://{HOST}:{server.server_address[1]}/{index}")
            out.flush()
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            out.say("cli.demo.ended")
    return 0
