"""``saima keys``: which keys personal data are sealed with; exchanges them."""

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.server.commands.demo_home import open_existing
from saima.server.commands.home import home_asked


def run(given: Given, out: Output) -> int:
    open_existing(home_asked(given))
    from saima.server.registers.actions.sealing import keys_drop_old, keys_rotate, ring_there
    from saima.server.registers.queries.sealing import key_path, sealed_by_key

    if given.has("rotate"):
        out.say("keys.rotated", count=keys_rotate(by=None))
    if given.has("drop_old"):
        dropped = keys_drop_old(by=None)
        out.say("keys.dropped", count=len(dropped), names=dropped or ("-",))
    ring, used = ring_there(), sealed_by_key()
    out.say("keys.file", file=key_path())
    for name in ring.names:
        out.say("keys.line", key=name, count=used.get(name, 0))
    missing = sorted(set(used) - set(ring.names))
    for name in missing:
        out.say("keys.missing", key=name, count=used[name])
    return int(bool(missing))
