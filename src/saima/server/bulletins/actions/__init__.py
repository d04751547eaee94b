"""Writes of the bulletins."""
