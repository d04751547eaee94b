"""Addresses of the race, one file per topic; saima.server.site.urls joins them."""
