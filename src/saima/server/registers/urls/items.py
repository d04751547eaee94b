"""Addresses: items of every kind."""

from django.urls import URLPattern, path

from saima.server.registers.views import item_import, items

urlpatterns: list[URLPattern] = [
    path("registers/items/", items.overview, name="items"),
    path("registers/items/<str:kind>/", items.listed, name="item-list"),
    path("registers/items/<str:kind>.csv", items.listed_file, name="item-list-file"),
    path("registers/items/<str:kind>/new/", items.making, name="item-new"),
    path("registers/items/<str:kind>/import/", item_import.bringing, name="item-import"),
    path("registers/items/<str:kind>/import/<str:sha256>/", item_import.look, name="item-import-look"),
    path("registers/items/<str:kind>/i/<str:code>/", items.item, name="item"),
    path("registers/items/<str:kind>/i/<str:code>/do/", items.do, name="item-do"),
]
