"""The bureau's desk: the season kept by many people, over the engine, files and press. No arithmetic of the race."""
