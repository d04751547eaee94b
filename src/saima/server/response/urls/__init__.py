"""Addresses of what follows, one file per topic; saima.server.site.urls joins them."""
