"""Pages of what follows, one file per topic."""
