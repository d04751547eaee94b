"""Addresses: industry chains."""

from django.urls import URLPattern, path

from saima.server.registers.views import chains

urlpatterns: list[URLPattern] = [
    path("registers/chains/", chains.chains, name="chains"),
    path("registers/chains/new/", chains.making, name="chain-new"),
    path("registers/chains/c/<str:chain>/", chains.chain, name="chain"),
    path("registers/chains/c/<str:chain>.toml", chains.chain_file, name="chain-file"),
    path("registers/chains/c/<str:chain>/do/", chains.do, name="chain-do"),
]
