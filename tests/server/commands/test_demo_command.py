"""``saima demo``: loaded once, kept, begun afresh only when it is a demonstration, and never beside the point."""

import socket
import sqlite3
from datetime import UTC, datetime

import pytest
from desk import Visitor

from saima.server.commands.demo import clear, home_of_demo
from saima.server.commands.demo_home import Found, clock_from, look
from saima.server.site.demo import PASSWORD, PEOPLE


@pytest.mark.long
def test_it_is_loaded_once_goes_on_from_its_last_row_and_begins_afresh(saima, served, tmp_path):
    home = tmp_path / "demo"

    first = served("demo", "--home", home, "--port", "0")
    said = first.end()
    rows = [line.split("│")[0].strip() for line in said.out.splitlines() if PASSWORD in line]
    assert said.out.splitlines()[:2] == ["Preparing the database.", "Loading three example seasons."]
    assert rows == [p.username for p in PEOPLE]
    loaded = look(home)
    assert (loaded.nothing, loaded.demo) == (False, True)

    again = served("demo", "--home", home, "--port", "0")
    page = Visitor(again.url).sign_in("crane").get("/")
    again.end()
    assert not [line for line in again.lines if "Preparing" in line or "Loading" in line]
    assert "2 June 2026" in page.text

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        busy = saima("demo", "--home", home, "--port", port)
    assert (busy.code, busy.err.startswith(f"Port {port} of 127.0.0.1 cannot be had")) == (2, True)

    afresh = saima("demo", "--home", home, "--reset", "--no-serve")
    assert (afresh.code, "Loading three example seasons." in afresh.out) == (0, True)
    abroad = saima(
        *("serve", "--home", home, "--host", "0.0.0.0", "--port", "0"), SAIMA_HTTPS="1", SAIMA_HOSTS="saima.example.org"
    )
    assert (abroad.code, abroad.err.startswith("This folder is a demonstration")) == (2, True)


def test_a_folder_that_is_no_demonstration_is_left_alone(saima, fresh_home, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "mine.txt").write_text("mine")

    for home in (fresh_home, notes):
        before = sorted(p.name for p in home.iterdir())
        for more in ([], ["--reset"]):
            said = saima("demo", "--home", home, "--no-serve", *more)
            assert (said.code, said.out) == (2, "")
            assert said.err == (
                f"{home} holds something that is not a demonstration; nothing was touched. "
                "Name another folder with --home.\n"
            )
        assert sorted(p.name for p in home.iterdir()) == before


def test_a_folder_whose_loading_was_killed_is_loaded_anew(tmp_path):
    base = sqlite3.connect(tmp_path / "saima.sqlite3")
    base.execute("CREATE TABLE kit_installation (demo bool)")
    base.execute("CREATE TABLE accounts_person (id int)")
    base.commit()

    assert look(tmp_path) == Found(nothing=True)

    base.execute("INSERT INTO accounts_person VALUES (1)")
    base.commit()
    base.close()
    assert look(tmp_path) == Found(nothing=False)


def test_a_file_that_is_no_database_is_something_else(tmp_path):
    (tmp_path / "saima.sqlite3").write_bytes(b"a letter to the mayor" * 100)

    assert look(tmp_path) == Found(nothing=False)


def test_clearing_keeps_the_lock_that_is_held(tmp_path):
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "x").write_text("x")
    (tmp_path / "saima.sqlite3").write_text("x")
    (tmp_path / "serve.lock").touch()

    clear(tmp_path)

    assert [p.name for p in tmp_path.iterdir()] == ["serve.lock"]


def test_its_day_goes_on_after_whatever_was_recorded_and_never_ends():
    assert clock_from(None) == "2026-06-02T09:00:00+08:00"
    assert clock_from(datetime(2026, 6, 2, 0, 30, tzinfo=UTC)) == "2026-06-02T09:00:00+08:00"
    assert clock_from(datetime(2026, 6, 2, 3, 0, 5, tzinfo=UTC)) == "2026-06-02T11:00:06+08:00"
    assert clock_from(datetime(2026, 11, 2, tzinfo=UTC)) == "2026-06-02T23:59:59+08:00"


def test_its_usual_folder_is_one_that_may_be_cleared(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")

    assert home_of_demo(None) == tmp_path / "saima" / "demo"
    assert home_of_demo("here").name == "here"
