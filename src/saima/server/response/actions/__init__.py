"""Writes what follows, one file per topic."""
