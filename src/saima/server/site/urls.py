"""Every address of the server."""

from allauth.account.views import password_reset
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from saima.server.site import leader_views, views, wall_views

# Here and not at every start: commands and workers serve no back office, and it draws in every page's tags.
admin.autodiscover()
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("season/", views.season, name="season"),
    path("theme/", views.theme, name="theme"),
    path("style/", views.style, name="style"),
    path("wall/<str:text>/", wall_views.wall, name="wall"),
    path("wall/<str:text>/data.json", wall_views.wall_data, name="wall-data"),
    path("s/<str:key>/walls/", wall_views.walls, name="walls"),
    path("s/<str:key>/walls/<int:pk>/", wall_views.wall_change, name="wall-change"),
    path("s/<str:key>/leader/<str:period>.pdf", leader_views.summary, name="leader-pdf"),
    # One door with limits, second factor and a trail; the package's own would be another.
    path("office/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("office/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("office/", admin.site.urls),
    # Accounts and passwords come from the bureau: nothing is sent to an address somebody types here.
    path("accounts/password/reset/", require_safe(password_reset)),
    re_path(r"^accounts/(?:signup|email|confirm-email|password/set|password/reset/.+|login/code)/", views.closed),
    path("accounts/", include("allauth.urls")),
    path("", include("saima.server.kit.urls")),
    path("api/", include("saima.server.api.urls")),
    path("", include("saima.server.race.urls.setup")),
    path("", include("saima.server.race.urls.reports")),
    path("", include("saima.server.race.urls.forms")),
    path("", include("saima.server.race.urls.verify")),
    path("", include("saima.server.race.urls.standing")),
    path("", include("saima.server.bulletins.urls")),
    path("", include("saima.server.response.urls.close")),
    path("", include("saima.server.response.urls.cards")),
    path("", include("saima.server.response.urls.appeals")),
    path("", include("saima.server.response.urls.plans")),
    path("", include("saima.server.response.urls.actions")),
    path("", include("saima.server.response.urls.tickets")),
    path("", include("saima.server.response.urls.exchange")),
    path("", include("saima.server.response.urls.meets")),
    path("", include("saima.server.response.urls.messages")),
    path("", include("saima.server.registers.urls.enterprises")),
    path("", include("saima.server.registers.urls.rulebook")),
    path("", include("saima.server.registers.urls.checking")),
    path("", include("saima.server.registers.urls.ladder")),
    path("", include("saima.server.registers.urls.items")),
    path("", include("saima.server.registers.urls.talents")),
    path("", include("saima.server.registers.urls.chains")),
    path("", include("saima.server.accounts.urls")),
    path("", include("saima.server.race.urls.handover")),
]
handler400 = "saima.server.site.errors.bad_request"
handler403 = "saima.server.site.errors.forbidden"
handler404 = "saima.server.site.errors.not_found"
handler500 = "saima.server.site.errors.server_error"
