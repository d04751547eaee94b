"""``saima demo``: pages built once, replaced only when they are ours, served to this machine alone."""

import http.client
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from saima.cli.demo import stamp
from saima.cli.demo.building import dated, shown
from saima.cli.demo.index import Card, index_page
from saima.cli.demo.serving import server_for
from saima.cli.issuing import issue_for
from saima.cli.question import evaluated
from saima.engine.model.inputs import AsOf
from saima.words import LANGS, Text


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    pages = {"index.html": b"<!doctype html><title>ours</title>", "a.csv": "园区\n".encode()}
    for name, content in pages.items():
        (folder / name).write_bytes(content)
    (folder / "inner").mkdir()
    (folder / stamp.STAMP).write_bytes(stamp.stamp(stamp.made_of(), pages))
    return folder


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with server_for(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(port: int, path: str, method: str = "GET", host: str = "127.0.0.1") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def test_pages_come_with_headers_that_keep_them_in(port: int) -> None:
    status, headers, body = ask(port, "/")

    assert (status, body) == (200, b"<!doctype html><title>ours</title>")
    assert headers["Content-type"] == "text/html; charset=utf-8"
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert ask(port, "/a.csv")[1]["Content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/missing.html", "GET", "127.0.0.1", 404),
        ("/inner/", "GET", "127.0.0.1", 404),
        ("/../demo.json/../../secret", "GET", "127.0.0.1", 404),
        ("/%2e%2e/secret", "GET", "127.0.0.1", 404),
        ("/", "POST", "127.0.0.1", 501),
        ("/", "GET", "race.example", 421),
        ("/", "GET", "localhost", 200),
        ("/", "HEAD", "127.0.0.1", 200),
    ],
)
def test_nothing_else_is_served(port: int, site: Path, path: str, method: str, host: str, status: int) -> None:
    (site.parent / "secret").write_text("secret", "utf-8")

    assert ask(port, path, method, host)[0] == status


def test_the_server_listens_on_this_machine_only(site: Path) -> None:
    with server_for(site, 0) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_refused_by_number(saima, port: int, site: Path) -> None:
    refused = saima("demo", "--out", site, "--port", port)

    assert refused.code == 2
    assert refused.err == (f"Port {port} is in use or not allowed: choose another with --port, or leave --port out.\n")


def test_current_pages_are_not_built_again(saima, site: Path) -> None:
    again = saima("demo", "--out", site, "--no-serve")

    assert (again.code, again.err) == (0, "")
    assert again.out == f"The pages in {site} are current.\n"


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal, which needs POSIX")
def test_ctrl_c_ends_the_server_without_a_fault(site: Path) -> None:
    command = [sys.executable, "-c", "import sys; from saima.cli import main; sys.exit(main())"]
    with subprocess.Popen(
        [*command, "demo", "--out", str(site)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        said = [run.stdout.readline().decode() for _ in range(2)]
        run.send_signal(signal.SIGINT)
        rest, complaint = run.communicate(timeout=20)

    assert said[0] == f"The pages in {site} are current.\n"
    assert said[1].startswith("Open http://127.0.0.1:")
    assert (run.returncode, rest, complaint) == (0, b"Ended.\n", b"")


def test_a_changed_page_or_program_is_noticed(site: Path) -> None:
    assert stamp.is_current(site, stamp.made_of())
    assert not stamp.is_current(site, "another")

    (site / "a.csv").write_text("changed\n", "utf-8")

    assert not stamp.is_current(site, stamp.made_of())


def test_a_folder_of_somebody_else_is_left_alone(saima) -> None:
    Path("demo").mkdir()
    Path("demo/letter.txt").write_text("mine", "utf-8")

    refused = saima("demo", "--no-serve")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "demo holds something else: name another folder with --out.\n"
    assert [p.name for p in Path("demo").iterdir()] == ["letter.txt"]


def test_the_three_examples_are_shown_published_first() -> None:
    assert [one.folder for one in shown()] == [
        "demo-city/2026-04",
        "demo-city/2026-05",
        "ruian-2021/2021-04",
        "sdg-2018/2018",
    ]


def test_the_first_page_leads_to_every_form_in_its_language() -> None:
    one = next(s for s in shown() if s.example == "ruian-2021")
    evaluation = evaluated(one.bundle, AsOf(one.period))
    day = dated(one.bundle, one.period)
    card = Card(one.folder, evaluation, issue_for(one.bundle, evaluation, day, None, Text()), one.state)

    pages = {lang: index_page([card], "demo", lang) for lang in LANGS}

    assert day.isoformat() == "2021-06-16"
    for lang, page in pages.items():
        for name in ("html", "pdf", "docx", "xlsx"):
            assert f'href="ruian-2021/2021-04/bulletin.{lang}.{name}"' in page
        assert "saima verify demo/ruian-2021/2021-04" in page
        assert "<script" not in page
        assert 'src="http' not in page
    assert '<html lang="zh-CN">' in pages["zh"]
    assert 'href="index.html"' in pages["zh"]
