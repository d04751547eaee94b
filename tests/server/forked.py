"""What runs inside a forked process, and what the process it is forked from has read beforehand."""

import multiprocessing
import os
import runpy
import signal
import sys
from importlib import import_module
from time import monotonic

import django
from django.apps import apps

if not apps.ready:
    django.setup()
    for name in ("saima.server.site.demo", "saima.server.site.urls"):
        import_module(name)


def run(kind, given, arguments, env, folder, out, err):
    """Become a process of the installation that ``env`` tells of, and do what is asked."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, fd in ((1, out), (2, err)):
        os.dup2(fd, target)
        os.close(fd)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = [p for p in env.get("PYTHONPATH", "").split(os.pathsep) if p and p not in sys.path]
    multiprocessing.set_start_method("fork", force=True)
    _settings_anew()
    if kind == "module":
        sys.argv = [given, *arguments]
        runpy.run_module(given, run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *arguments]
        exec(compile(given, "<string>", "exec"), {"__name__": "__main__"})


def _settings_anew():
    """Settings are read from the environment: read them again, and forget what was made of the old ones."""
    from django.conf import empty, settings
    from django.db import connections

    from saima.server.kit import clock

    for name in ("saima.server.settings", "settings_for_tests"):
        sys.modules.pop(name, None)
    kept = settings.__dict__
    kept.clear()
    kept["_wrapped"] = empty
    for connection in connections.all(initialized_only=True):
        assert connection.connection is None, "a connection was open before the fork"
        del connections[connection.alias]
    connections.__dict__.pop("settings", None)
    connections._settings = None
    clock._STARTED = monotonic()
    if "DJANGO_SETTINGS_MODULE" in os.environ:  # else a command names them itself
        django.setup()
