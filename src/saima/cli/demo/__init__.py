"""The bulletins of the example seasons as a small site of this machine: built once, served to nobody else."""
