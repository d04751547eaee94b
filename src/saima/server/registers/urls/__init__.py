"""Addresses of the registers, one file per topic; saima.server.site.urls joins them."""
