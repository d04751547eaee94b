"""Pages, one file per topic."""
