"""Parts of pages that follow from a key alone, rendered once in each process however many people look at them.

The key names everything a part says, by value: two keys that are equal are the same text. A part is rendered without
a request, so nothing of the person who happened to be first can get into what the next one reads.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from saima.server.kit.context import lang

MOST_LETTERS: Final = 12_000_000  # of all parts together, two bytes each where a page is Chinese


class Kept:
    """Texts by key; those asked for least recently go when the others no longer fit."""

    def __init__(self, most: int) -> None:
        self.most, self.letters = most, 0
        self._lock = threading.Lock()
        self._texts: OrderedDict[Hashable, SafeString] = OrderedDict()

    def get(self, key: Hashable) -> SafeString | None:
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
            return found

    def put(self, key: Hashable, text: SafeString) -> None:
        with self._lock:
            self.letters += len(text) - len(self._texts.pop(key, ""))
            self._texts[key] = text
            while self.letters > self.most and self._texts:
                self.letters -= len(self._texts.popitem(last=False)[1])


_parts: Final = Kept(MOST_LETTERS)


def part(template: str, key: Hashable, context: Callable[[], Mapping[str, Any]]) -> SafeString:
    """The part as the page's language says it. ``context`` is asked only when it was not rendered before.

    Whatever ``context`` gives must follow from ``key``. The template knows ``lang`` besides, and no request.
    """
    whole = (template, lang(), key)
    found = _parts.get(whole)
    if found is None:
        found = mark_safe(render_to_string(template, {**context(), "lang": lang()}))  # noqa: S308 - a template's own
        _parts.put(whole, found)
    return found
