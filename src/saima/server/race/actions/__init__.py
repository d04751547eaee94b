"""Writes the race: each action is one transaction with its audit row, and says what it refuses."""
