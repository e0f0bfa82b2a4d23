"""Structured logs on stderr: hashed ids, no personal data, no tokens."""

from __future__ import annotations

import logging
import os
import sys

import structlog


def configure_logs() -> None:
    """Readable in a terminal, JSON lines elsewhere; `LINLI_LOG_LEVEL` sets how much."""
    level = getattr(logging, os.environ.get("LINLI_LOG_LEVEL", "warning").upper(), logging.WARNING)
    readable = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            # plain tracebacks: a pretty one prints local variables, and those hold what people wrote
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
            if readable
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
