"""What every page knows: navigation for the person, the season at hand, whether the clock stands."""

from typing import Any

from django.http import HttpRequest

from saima.server.kit import clock
from saima.server.kit.context import lang
from saima.server.site.shell import Shell


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "lang": lang(),
        "clock_now": clock.now(),
        "clock_stands": clock.stands_still(),
        "shell": Shell(request),
    }
