"""One line of JSON per event on standard error, with the id of the request or job; plain text when a person reads.

No line says who: a person stands in the audit trail, under the same request id.
"""

import logging
import sys

import structlog


def set_up(*, level: int = logging.INFO) -> None:
    """Send every logger, Django's too, through one formatter."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    for_people = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if for_people else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("granian").setLevel(logging.WARNING)
    # Django tells each refused address with its path, which may be a one-time link; our own line has the route.
    for name in ("django.request", "django.security"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("django.request").addFilter(_without_path)


def _without_path(record: logging.LogRecord) -> bool:
    """A fault is told with its traceback, without the address that led to it; the line of the request has the route."""
    if record.args:
        record.msg, record.args = str(record.args[0] if isinstance(record.args, tuple) else record.msg), ()
    return True
