"""Addresses: talents and their programmes."""

from django.urls import URLPattern, path

from saima.server.registers.views import talent_import, talents

urlpatterns: list[URLPattern] = [
    path("registers/talents/", talents.talents, name="talents"),
    path("registers/talents.csv", talents.talents_file, name="talents-file"),
    path("registers/talents/new/", talents.making, name="talent-new"),
    path("registers/talents/import/", talent_import.bringing, name="talent-import"),
    path("registers/talents/import/<uuid:uuid>/", talent_import.look, name="talent-import-look"),
    path("registers/talents/programmes/", talents.programmes, name="talent-programmes"),
    path("registers/talents/t/<str:code>/", talents.talent, name="talent"),
    path("registers/talents/t/<str:code>/do/", talents.do, name="talent-do"),
]
