"""Pages of bulletins: drafts, releases, the archive, and what the public sees."""
