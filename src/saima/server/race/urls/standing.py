"""Addresses: standing."""

from django.urls import URLPattern, path, re_path

from saima.server.race.views.standing import cuts
from saima.server.race.views.standing.compare import compare
from saima.server.race.views.standing.completeness import completeness
from saima.server.race.views.standing.contestant import contestant
from saima.server.race.views.standing.files import standing_file
from saima.server.race.views.standing.indicator import indicator
from saima.server.race.views.standing.leaderboard import leaderboard
from saima.server.race.views.standing.project_rows import project_rows
from saima.server.race.views.standing.races import projects, weak_spots
from saima.server.race.views.standing.rows import figure_rows
from saima.server.race.views.standing.timeline import timeline
from saima.server.race.views.standing.whatif import what_if
from saima.server.race.views.standing.why import why

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/", leaderboard, name="leaderboard"),
    re_path(r"^s/(?P<key>[^/]+)/standing\.(?P<form>csv|xlsx)$", standing_file, name="standing_file"),
    path("s/<str:key>/c/<str:code>/", contestant, name="contestant"),
    path("s/<str:key>/i/<str:code>/", indicator, name="indicator"),
    path("s/<str:key>/weak-spots/", weak_spots, name="weak-spots"),
    path("s/<str:key>/projects/", projects, name="projects"),
    path("s/<str:key>/projects/<str:project>/", project_rows, name="project-rows"),
    path("s/<str:key>/compare/", compare, name="compare"),
    path("s/<str:key>/why/<str:contestant>/<str:indicator>/", why, name="why"),
    path("s/<str:key>/rows/<str:contestant>/<str:indicator>/", figure_rows, name="figure-rows"),
    path("s/<str:key>/whatif/", what_if, name="whatif"),
    path("s/<str:key>/completeness/", completeness, name="completeness"),
    path("s/<str:key>/timeline/", timeline, name="timeline"),
    path("s/<str:key>/cuts/", cuts.cuts, name="cuts"),
    path("s/<str:key>/cuts/published/", cuts.freeze_published, name="cuts-published"),
    path("s/<str:key>/cuts/<str:period>/", cuts.preview, name="cut-preview"),
    path("s/<str:key>/cuts/<str:period>/feeds/", cuts.read_feeds, name="feeds-read"),
    path("s/<str:key>/cuts/<str:period>/freeze/", cuts.freeze, name="cut-freeze"),
]
