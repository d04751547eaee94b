"""Pages of cuts and standings, one module for each page."""
