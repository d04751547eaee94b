"""``saima doctor``: runs every check of an installation, says what is wrong and what to do."""

import json

from saima.cli.grammar import Given
from saima.cli.output import Output
from saima.server.commands.demo_home import open_existing
from saima.server.commands.home import home_asked


def run(given: Given, out: Output) -> int:
    open_existing(home_asked(given))
    return examined(out, as_json=given.has("json"))


def examined(out: Output, kind: str = "", *, as_json: bool = False) -> int:
    """Run the checks of a kind, or all: 1 when an error is found."""
    from saima.server.site.doctor import CHECKS, Kind, Severity, examine

    found = examine(Kind(kind) if kind else None)
    asked = [c for c in CHECKS.values() if kind in {"", c.kind}]
    errors = sum(f.severity is Severity.ERROR for f in found)
    if as_json:
        listed = [
            {
                "code": f.check.code,
                "kind": f.check.kind,
                "severity": f.severity,
                "count": len(f.found),
                "found": f.found,
                "sentence": f.sentence(out.lang),
                "remedy": f.remedy(out.lang),
            }
            for f in found
        ]
        told = {"schema": "saima-doctor/1", "checks": len(asked), "errors": errors, "findings": listed}
        out.write(json.dumps(told, ensure_ascii=False, indent=1))
        return int(errors > 0)
    for f in found:
        out.say(
            "doctor.line_error" if f.severity is Severity.ERROR else "doctor.line_warning", said=f.sentence(out.lang)
        )
        out.say("doctor.line_remedy", said=f.remedy(out.lang))
    out.say("doctor.summary", checks=len(asked), errors=errors, warnings=len(found) - errors)
    return int(errors > 0)
