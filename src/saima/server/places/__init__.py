"""Who and what everybody points at: zones, departments, their names and memberships by date."""
