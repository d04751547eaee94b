"""Pages of the race: they translate between a request and queries or actions, and decide nothing."""
