"""The race as people keep it: seasons, reports, readings, verification, cuts and what the engine said of them."""
