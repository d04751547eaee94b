"""Address of the API and of its own documentation."""

from typing import Any

from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI
from ninja.parser import Parser

from saima import __version__
from saima.server.api import data_value_sets, readings, seasons
from saima.server.api.errors import install
from saima.server.kit.asked import storable


class Bodies(Parser):
    """JSON whose texts can be kept."""

    def parse_body(self, request: HttpRequest) -> Any:
        found = super().parse_body(request)
        if b"\\u" in request.body and not storable(found):
            raise ValueError("NUL or half a character")
        return found


api = NinjaAPI(title="Saima", version=__version__, urls_namespace="api", docs_url="/docs", parser=Bodies())
api.add_router("", seasons.router)
api.add_router("", readings.router)
api.add_router("", data_value_sets.router)
install(api)

urlpatterns = [path("", api.urls)]
