"""Saima 赛马: a region's innovation run as a horse race, from targets to bulletins anyone can recompute."""

__version__ = "0.1.0"
