"""What is true for the request or job at hand: its id, and the language of the person."""

from contextvars import ContextVar

from django.utils.translation import get_language

from saima.words import Lang

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    return _request_id.get()


def set_request_id(value: str) -> None:
    _request_id.set(value)


def lang() -> Lang:
    """The language pages speak at the moment."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"
