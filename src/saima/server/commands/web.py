"""The application as the web workers of `saima serve` load it."""

import gc

from saima.server.commands.parts import watch_parent
from saima.server.commands.telling import set_up
from saima.server.wsgi import application

set_up()
watch_parent()
# What is loaded by now stays: the collector need not look at it again, and looks less often at what requests make.
gc.freeze()
gc.set_threshold(10_000, 20, 20)

__all__ = ["application"]
