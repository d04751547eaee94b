"""``saima serve``: what it makes, what it refuses, and that nothing is left behind or lost when it ends."""

import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from desk import Visitor
from shells import environment, until

from saima.engine.errors import QuestionRefused
from saima.server.commands.home import refuse_other_user, secret_of
from saima.server.commands.parts import free_port
from saima.server.commands.serve import is_local, refuse_open_door

GOOD = "n5Vq-Zr8_tLw2XyB7cJk4HsD9mPf3GaE6uQoT1iR"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def codes(refused):
    return [p.code for p in refused.value.problems]


def test_a_home_gets_a_key_of_its_own_once(tmp_path):
    key = secret_of(tmp_path, {})

    assert (len(key) >= 60, secret_of(tmp_path, {}) == key) == (True, True)
    assert mode(tmp_path / "secret.key") == 0o600


def test_a_good_key_of_the_environment_is_taken(tmp_path):
    assert secret_of(tmp_path, {"SAIMA_SECRET_KEY": GOOD}) == GOOD
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("short", "serve.secret_short"),
        ("ab" * 40, "serve.secret_short"),
        ("django-insecure-" + GOOD, "serve.secret_known"),
        ("CHANGEME" + GOOD, "serve.secret_known"),
    ],
)
def test_keys_others_may_guess_are_refused(tmp_path, key, code):
    with pytest.raises(QuestionRefused) as refused:
        secret_of(tmp_path, {"SAIMA_SECRET_KEY": key})

    assert codes(refused) == [code]


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, ["serve.needs_https", "serve.needs_hosts"]),
        ({"SAIMA_HTTPS": "1", "SAIMA_HOSTS": "*"}, ["serve.needs_hosts"]),
        ({"SAIMA_HOSTS": "saima.example.org"}, ["serve.needs_https"]),
        (
            {"SAIMA_HTTPS": "1", "SAIMA_HOSTS": "saima.example.org", "SAIMA_DEBUG": "1"},
            ["serve.needs_no_debug"],
        ),
    ],
)
def test_others_reach_it_only_encrypted_and_by_name(environment, wanted):
    with pytest.raises(QuestionRefused) as refused:
        refuse_open_door("0.0.0.0", environment)

    assert codes(refused) == wanted


def test_a_declared_door_and_this_machine_itself_are_open():
    refuse_open_door("0.0.0.0", {"SAIMA_HTTPS": "1", "SAIMA_HOSTS": "saima.example.org"})
    refuse_open_door("127.0.0.1", {})

    assert [is_local(h) for h in ("::1", "localhost", "127.0.0.9", "10.0.0.1", "saima.example.org")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_taken_port_is_refused_when_asked_for_and_left_when_not():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(QuestionRefused) as refused:
            free_port("127.0.0.1", port, 8000)

        assert codes(refused) == ["serve.port_taken"]
        assert free_port("127.0.0.1", None, port) != port
        assert free_port("127.0.0.1", 0, port) not in (0, port)


def test_a_home_of_somebody_else_is_left_to_them(tmp_path, monkeypatch):
    refuse_other_user(tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)

    with pytest.raises(QuestionRefused) as refused:
        refuse_other_user(tmp_path)

    assert codes(refused) == ["commands.other_user"]


def test_refusals_reach_the_terminal_as_one_sentence_each(saima, tmp_path):
    said = saima("serve", "--home", tmp_path / "h", SAIMA_SECRET_KEY="secret")

    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("The secret key of SAIMA_SECRET_KEY is too easy to guess")
    assert said.err.count("\n") == 1


def test_a_first_start_makes_everything_and_ends_clean(served, saima, tmp_path):
    home = tmp_path / "home"
    server = served("serve", "--home", home, "--port", "0")
    password = next(line for line in server.lines if "First account" in line).split("password ")[1].split(".")[0]

    assert (mode(home), mode(home / "secret.key"), mode(home / "saima.sqlite3")) == (0o700, 0o600, 0o600)
    assert Visitor(server.url).sign_in("admin", password).cookie("sessionid")
    busy = saima("serve", "--home", home, "--port", "0")
    assert (busy.code, busy.err.startswith(f"A server is already running on {home}")) == (2, True)

    children = server.below()
    said = server.end()

    assert (said.code, said.out.splitlines()[-1], said.err) == (0, "Ended.", "")
    assert children
    until(lambda: not [p for p in children if _runs(p)])


@pytest.mark.long
def test_killed_outright_it_leaves_no_port_taken_and_the_next_start_has_nothing_to_prepare(served, fresh_home):
    server = served("serve", "--home", fresh_home, "--port", "0")
    below = server.below()

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    until(lambda: not [p for p in below if _runs(p)])
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(server.url, timeout=5)
    again = served("serve", "--home", fresh_home, "--port", "0")
    assert [line.split(" http")[0] for line in again.lines] == ["Saima is at"]
    assert again.end(signal.SIGINT).code == 0


def _runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.long
def test_a_task_whose_worker_was_killed_runs_again_and_one_at_hand_may_finish(served, fresh_home, tmp_path):
    killed, ended = tmp_path / "killed", tmp_path / "ended"
    server = served("serve", "--home", fresh_home, "--port", "0")

    _enqueue(fresh_home, killed, 6)
    until(lambda: killed.exists() and killed.read_text() == "begun\n")
    os.kill(server.background(), signal.SIGKILL)
    until(lambda: killed.read_text() == "begun\nbegun\ndone\n")
    _enqueue(fresh_home, ended, 3)
    until(ended.exists)
    server.end()

    assert ended.read_text() == "begun\ndone\n"


def _enqueue(home, diary, seconds):
    """A task that takes so long, asked for by another process of the same installation."""
    key = (home / "secret.key").read_text().strip()
    asked = f"import django; django.setup(); from slow_work import slowly; slowly.enqueue({str(diary)!r}, {seconds})"
    subprocess.run(
        [sys.executable, "-c", asked],
        env=environment(SAIMA_HOME=str(home), SAIMA_SECRET_KEY=key, DJANGO_SETTINGS_MODULE="saima.server.settings"),
        check=True,
        timeout=60,
    )
