"""What is written, one file per topic."""
