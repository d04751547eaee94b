"""Tables of the registers, one file per register."""
