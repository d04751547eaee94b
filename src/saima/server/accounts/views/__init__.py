"""Pages about people, tokens and the audit trail."""
