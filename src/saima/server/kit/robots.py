"""Says something in a group chat through its robot: WeCom, DingTalk and Feishu as each wants it; others by Apprise.

The formats are the public ones of the makers' pages on custom robots (群机器人 / 自定义机器人).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote_plus

from saima.engine.errors import Problem, QuestionRefused
from saima.server.kit.posting import Way, post_json, way_to

WECOM, DINGTALK, FEISHU, APPRISE = KINDS = ("wecom", "dingtalk", "feishu", "apprise")
SIGNED: Final = (DINGTALK, FEISHU)  # take a secret
_MOST_BYTES: Final = {WECOM: 2048, DINGTALK: 18_000, FEISHU: 18_000}  # of a text; DingTalk and Feishu cut at 20 kB
_WELL: Final = {WECOM: ("errcode",), DINGTALK: ("errcode",), FEISHU: ("code", "StatusCode")}  # 0: taken


def robot_says(*, kind: str, url: str, secret: str, text: str, now: datetime, local: bool) -> str:
    """Post a text; what became of it, in a few words without the address.

    Raises
    ------
    QuestionRefused
        The address may not be posted to (``saima.server.kit.posting``), or ``posting.no_apprise``.
    ConnectionError
        Nobody answered, or not what was hoped for.
    """
    if kind == APPRISE:
        return _apprise(url, text)
    way = way_to(url, local=local)
    path, body = request_of(kind, way.path, secret, text, now)
    status, answer = post_json(Way(way.host, way.port, way.address, path, way.encrypted), body)
    return f"taken by {way.host}: {taken(kind, way.host, status, answer)}"


def request_of(kind: str, path: str, secret: str, text: str, now: datetime) -> tuple[str, Mapping[str, Any]]:
    """Path and body of the post."""
    said = cut(text, _MOST_BYTES[kind])
    if kind == FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": said}}
        if secret:
            seconds = str(int(now.timestamp()))
            body |= {"timestamp": seconds, "sign": feishu_sign(secret, seconds)}
        return path, body
    if kind == DINGTALK and secret:
        millis = str(int(now.timestamp() * 1000))
        path += f"{'&' if '?' in path else '?'}timestamp={millis}&sign={quote_plus(dingtalk_sign(secret, millis))}"
    return path, {"msgtype": "text", "text": {"content": said}}


def dingtalk_sign(secret: str, millis: str) -> str:
    """Base64 of HMAC-SHA256: the secret is the key, time stamp and secret are the message."""
    return base64.b64encode(hmac.digest(secret.encode(), f"{millis}\n{secret}".encode(), hashlib.sha256)).decode()


def feishu_sign(secret: str, seconds: str) -> str:
    """Base64 of HMAC-SHA256 again, but time stamp and secret are the key, and the message is empty."""
    return base64.b64encode(hmac.digest(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)).decode()


def taken(kind: str, host: str, status: int, answer: bytes) -> str:
    """What the robot's service said, when it took the message.

    Raises
    ------
    ConnectionError
        It did not: another status, no JSON, or a code other than 0.
    """
    if status != 200:
        raise ConnectionError(f"{host} answered {status}")
    try:
        said = json.loads(answer)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ConnectionError(f"{host} answered no JSON")
    codes = [said[name] for name in _WELL[kind] if name in said]
    words = str(said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or "")[:200]
    if not codes or codes[0] != 0:
        raise ConnectionError(f"{host} answered {codes[0] if codes else 'no code'}: {words}")
    return words or "0"


def cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, no character halved.

    >>> cut("四月通报", 9), cut("April", 9)
    ('四月…', 'April')
    """
    whole = text.encode()
    if len(whole) <= most:
        return text
    return whole[: most - 3].decode("utf-8", "ignore") + "\N{HORIZONTAL ELLIPSIS}"


def apprise_here() -> bool:
    """Whether the optional library is installed."""
    try:
        import apprise  # noqa: F401
    except ImportError:
        return False
    return True


def _apprise(url: str, text: str) -> str:
    if not apprise_here():
        raise QuestionRefused(Problem("posting.no_apprise"))
    import apprise

    service = apprise.Apprise()
    if not service.add(url):
        raise QuestionRefused(Problem("posting.apprise_address"))
    subject, _, body = text.partition("\n")
    if not service.notify(title=subject, body=body or subject):
        raise ConnectionError("apprise: not taken by the service")
    return "taken by apprise"
