"""One module per command, each with ``run(given, out) -> exit code``; imported only when that command is asked."""
