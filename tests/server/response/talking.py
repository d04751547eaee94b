"""Servers of this machine to talk to: one that takes mail, one that takes posts; each as slow or rude as asked."""

import json
import socketserver
import threading
import time
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Mail(socketserver.StreamRequestHandler):
    def handle(self):
        post = self.server.post
        if post.slow:
            time.sleep(post.slow)
        self._say("220 here")
        to = ""
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO" | "HELO":
                    self._say("250 here")
                case "MAIL":
                    self._say("250 ok")
                case "RCPT":
                    to = rest.partition("<")[2].partition(">")[0]
                    self._say(post.refuses.get(to, "250 ok"))
                case "DATA":
                    self._say("354 go on")
                    lines = []
                    while (got := self.rfile.readline()) != b".\r\n":
                        lines.append(got)
                    post.took(to, message_from_bytes(b"".join(lines)))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 ok")

    def _say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


class Post:
    """``mails``: (address, message) as they were taken. ``refuses``: address -> what RCPT is answered."""

    def __init__(self):
        self.mails = []
        self.refuses = {}
        self.slow = 0.0

    def took(self, to, mail):
        self.mails.append((to, mail))


@contextmanager
def post_office(port=0):
    """A mail server: yields (port, Post)."""
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", port), _Mail) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.post = Post()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1], server.post
        finally:
            server.shutdown()


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        hook = self.server.hook
        body = self.rfile.read(int(self.headers["Content-Length"]))
        hook.posts.append((self.path, json.loads(body)))
        status, said, headers = hook.answers.pop(0) if hook.answers else (200, {"errcode": 0, "errmsg": "ok"}, {})
        if hook.slow:
            time.sleep(hook.slow)
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


class Hook:
    """``posts``: (path, body) as they came. ``answers``: (status, body, headers) to give, in turn; then all is well."""

    def __init__(self):
        self.posts = []
        self.answers = []
        self.slow = 0.0


@contextmanager
def group_chat():
    """A robot's service: yields (address, Hook)."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hook) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.hook = Hook()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", server.hook
        finally:
            server.shutdown()
