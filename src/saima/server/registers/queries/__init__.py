"""What is read, one file per topic."""
