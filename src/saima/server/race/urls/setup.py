"""Addresses: setup."""

from django.urls import URLPattern, path

from saima.server.race.views.setup import changes, edits, mapped, pages, starting, tables

urlpatterns: list[URLPattern] = [
    path("seasons/new/", starting.begin, name="season-import"),
    path("seasons/new/example/<slug:name>/", starting.example, name="season-import-example"),
    path("seasons/new/table/<slug:sha256>/", mapped.begin, name="season-import-table"),
    path("seasons/new/season/<slug:sha256>/", starting.look, name="season-import-look"),
    path("s/<str:key>/setup/", pages.overview, name="season-setup"),
    path("s/<str:key>/setup/changes/", changes.changes, name="season-changes"),
    path("s/<str:key>/setup/changes/propose/", changes.propose, name="season-propose"),
    path("s/<str:key>/setup/changes/publish/", changes.publish, name="season-publish"),
    path("s/<str:key>/setup/changes/discard/", edits.discard, name="season-discard"),
    path("s/<str:key>/setup/saves/", pages.saves, name="season-saves"),
    path("s/<str:key>/setup/saves/<int:number>/", edits.step_to, name="season-return"),
    path("s/<str:key>/setup/undo/", edits.step, {"way": "undo"}, name="season-undo"),
    path("s/<str:key>/setup/redo/", edits.step, {"way": "redo"}, name="season-redo"),
    path("s/<str:key>/setup/versions/", changes.versions, name="season-versions"),
    path("s/<str:key>/setup/versions/<int:number>/", changes.version, name="season-version"),
    path("s/<str:key>/setup/versions/<int:number>/<slug:form>/", changes.version_file, name="season-version-file"),
    path("s/<str:key>/setup/export/<slug:form>/", changes.export, name="season-export"),
    path("s/<str:key>/setup/figures/", mapped.figures, name="season-figures"),
    path("s/<str:key>/setup/figures/<slug:sha256>/", mapped.figures_table, name="season-figures-table"),
    path("s/<str:key>/setup/due-days/", edits.due_days, name="season-due-days"),
    path("s/<str:key>/setup/paste/", edits.paste, name="season-paste"),
    path("s/<str:key>/setup/grid/<slug:section>/", edits.grid, name="season-grid"),
    path("s/<str:key>/setup/values/<slug:group>/", edits.values, name="season-values"),
    path("s/<str:key>/setup/row/<slug:table>/", edits.row, name="season-row"),
    path("s/<str:key>/setup/table/<slug:table>/upload/", tables.upload, name="season-table-upload"),
    path("s/<str:key>/setup/table/<slug:table>/upload/<slug:sha256>/", tables.look, name="season-table-look"),
    path("s/<str:key>/setup/table/<slug:table>/<slug:form>/", tables.download, name="season-table"),
    path("s/<str:key>/setup/<slug:name>/", pages.section, name="season-section"),
]
