"""Pages that join rooms: addresses, home, navigation."""
