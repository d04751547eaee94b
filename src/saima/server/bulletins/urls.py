"""Addresses: drafts, releases, the archive, and what is public."""

from django.urls import URLPattern, path

from saima.server.bulletins.views import archive, drafts, public, releases

_HERE = "s/<str:key>/bulletins/<str:period>/"
_OPEN = "public/s/<str:key>/<str:period>/"

urlpatterns: list[URLPattern] = [
    path("s/<str:key>/drafts/", drafts.drafts, name="drafts"),
    path("s/<str:key>/drafts/make/", drafts.make, name="draft-make"),
    path("s/<str:key>/drafts/<int:pk>/", drafts.draft, name="draft"),
    path("s/<str:key>/drafts/<int:pk>/progress/", drafts.progress, name="draft-progress"),
    path("s/<str:key>/drafts/<int:pk>/again/", drafts.again, name="draft-again"),
    path("s/<str:key>/drafts/<int:pk>/package.zip", drafts.package, name="draft-package"),
    path("s/<str:key>/drafts/<int:pk>/preview/<str:spoken>/", drafts.preview, name="draft-preview"),
    path("s/<str:key>/drafts/<int:pk>/file/<path:path>", drafts.file, name="draft-file"),
    path("s/<str:key>/drafts/<int:pk>/words/", releases.words, name="draft-words"),
    path("s/<str:key>/drafts/<int:pk>/check/", releases.check, name="draft-check"),
    path("s/<str:key>/drafts/<int:pk>/release/", releases.release, name="draft-release"),
    path("s/<str:key>/bulletins/", archive.bulletins, name="bulletins"),
    path(_HERE, archive.bulletin, name="bulletin"),
    path(_HERE + "visibility/", archive.show, name="bulletin-show"),
    path(_HERE + "v<int:number>/", archive.bulletin, name="bulletin-version"),
    path(_HERE + "v<int:number>/package.zip", archive.package, name="bulletin-package"),
    path(_HERE + "v<int:number>/page/<str:spoken>/", archive.page, name="bulletin-page"),
    path(_HERE + "v<int:number>/file/<path:path>", archive.file, name="bulletin-file"),
    path(_HERE + "v<int:number>/scan/", archive.scan, name="bulletin-scan"),
    path(_HERE + "v<int:number>/scan/<int:pk>/", archive.scan_file, name="bulletin-scan-file"),
    path("public/", public.index, name="public"),
    path("public/feed/<str:spoken>/", public.feed, name="public-feed"),
    path("public/s/<str:key>/", public.archive, name="public-season"),
    path("public/s/<str:key>/feed/<str:spoken>/", public.feed, name="public-season-feed"),
    path(_OPEN, public.bulletin, name="public-bulletin"),
    path(_OPEN + "v<int:number>/", public.bulletin, name="public-version"),
    path(_OPEN + "v<int:number>/package.zip", public.package, name="public-package"),
    path(_OPEN + "v<int:number>/page/<str:spoken>/", public.page, name="public-page"),
    path(_OPEN + "v<int:number>/file/<path:path>", public.file, name="public-file"),
]
