"""A whole installation beside the tests: a home with the demonstration in it, a server process, people who visit it."""

import http.cookiejar
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import forks

from saima.server.site.demo import PASSWORD

TESTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Answer:
    """What the server said: status, address after all redirects, text."""

    status: int
    url: str
    text: str
    headers: dict[str, str]


class Visitor:
    """Somebody at the server's pages over HTTP, without a browser; keeps cookies and sends the form's CSRF token."""

    def __init__(self, url, lang="en"):
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )
        self.lang = {"en": "en", "zh": "zh-hans"}[lang]

    def cookie(self, name):
        return next((c.value for c in self.jar if c.name == name), "")

    def get(self, path):
        return self._ask(path)

    def post(self, path, data=None, files=None):
        """``data``: name -> text or list of texts; ``files``: name -> (file name, bytes). Any page gives the token."""
        if not self.cookie("csrftoken"):
            self.get("/accounts/login/")
        fields = [(k, v) for k, vs in (data or {}).items() for v in (vs if isinstance(vs, list) else [vs])]
        fields.append(("csrfmiddlewaretoken", self.cookie("csrftoken")))
        if not files:
            return self._ask(path, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded")
        mark = secrets.token_hex(16)
        body = b"".join(
            f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields
        )
        for name, (file, content) in files.items():
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        return self._ask(path, body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}")

    def sign_in(self, username, password=PASSWORD):
        answer = self.post("/accounts/login/", {"login": username, "password": password})
        assert self.cookie("sessionid"), f"{username} could not sign in: {answer.status} {answer.url}"
        return self

    def _ask(self, path, body=None, kind=None):
        request = urllib.request.Request(urllib.parse.urljoin(self.url, path), body)
        request.add_header("Accept-Language", self.lang)
        request.add_header("Referer", self.url)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self.opener.open(request, timeout=120) as response:
                return Answer(response.status, response.url, _text(response.read()), dict(response.headers))
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.url, _text(error.read()), dict(error.headers))


class Desk:
    """A home folder and database of its own. ``url`` starts the server when it is not running.

    Its processes are forked from one that has read every module; ``forks = False`` starts each from nothing.
    """

    forks = True

    def __init__(self, home, database_url="", settings="settings_for_tests"):
        self.home = Path(home)
        self.database_url = database_url  # empty: the home's own SQLite file
        self.settings = settings
        self.process = None
        self.port = 0

    @property
    def env(self):
        """The environment of every process of this installation."""
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SAIMA_TEST_POSTGRES")}
        given = {
            "SAIMA_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONPATH": str(TESTS),
            "PYTHONUNBUFFERED": "1",
            "SAIMA_TEST_NO_WAIT": "1",
        }
        return kept | given | ({"DATABASE_URL": self.database_url} if self.database_url else {})

    @property
    def url(self):
        if self.process is None:
            self.start()
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self):
        return self.home / "server.log"

    def start(self):
        """Granian with one worker of four threads on a free port of this machine; waits for its first answer."""
        self.port = self.port or _free_port()
        command = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "saima.server.wsgi:application"]
        with self.log.open("ab") as log:  # a session of its own: kill9 ends the whole group
            if self.forks:
                self.process = forks.module("granian", command, self.env, log)
            else:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "granian", *command],
                    env=self.env,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                Visitor(f"http://127.0.0.1:{self.port}").get("/accounts/login/")
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.kill9()
        raise AssertionError(f"the server did not start:\n{self.log.read_text('utf-8', 'replace')[-4000:]}")

    def kill9(self):
        """End the server, its workers too, as a power cut would."""
        if self.process is not None:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def restart(self):
        """Kill and start again on the same port."""
        self.kill9()
        return self.start()

    def visitor(self, username="", lang="en"):
        """Somebody of the demonstration, signed in through the sign-in page; nobody when no name is given."""
        made = Visitor(self.url, lang)
        try:
            return made.sign_in(username) if username else made
        except AssertionError as fault:
            raise AssertionError(f"{fault}\n{self.log.read_text('utf-8', 'replace')[-4000:]}") from None

    def popen(self, code, *arguments):
        """A process of this installation that runs Python with Django set up; yours to wait for or to kill."""
        if self.forks:
            return forks.python(code, arguments, self.env)
        return subprocess.Popen(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}", *map(str, arguments)],
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def python(self, code, *arguments):
        """What such a process prints; fails with its traceback."""
        process = self.popen(code, *arguments)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        return out


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _text(content):
    return content.decode("utf-8", "replace")


def with_database(url, name):
    """The same server, another database."""
    return re.sub(r"^(postgres\w*://[^/]*)/[^?]*", rf"\1/{name}", url)
