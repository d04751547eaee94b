"""Commands by their file's name."""
