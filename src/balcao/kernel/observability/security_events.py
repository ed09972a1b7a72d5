"""The security log: a name of its own to route and keep lines by, and a count of each event."""

from __future__ import annotations

from typing import Any

import structlog

from balcao.kernel.observability.metrics import SECURITY_EVENTS


class SecurityLog:
    """Writes to `balcao.security`. Events are names from the code; every one is counted, whatever the log level."""

    def __init__(self) -> None:
        self._log: Any = structlog.get_logger("balcao.security")

    def info(self, event: str, **fields: Any) -> None:
        """Something worth keeping: a sign-in, a changed password, a limit that was hit."""
        SECURITY_EVENTS.labels(event).inc()
        self._log.info(event, **fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something that was refused."""
        SECURITY_EVENTS.labels(event).inc()
        self._log.warning(event, **fields)


# Sign-in failed, permission denied, limit hit, key used, impersonation.
security_log = SecurityLog()
