"""Reads what follows, one file per topic."""
