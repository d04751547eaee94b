"""Reads the race. By subject: documents (definitions and data as engine values), and one file per page's question."""
