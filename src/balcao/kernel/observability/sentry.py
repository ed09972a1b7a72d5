"""Unexpected errors, sent to Sentry (or whatever speaks its protocol) when `SENTRY_DSN` is set.

Only what we hand over leaves: none of the library's own integrations is switched on, since they collect requests,
addresses, variables and the log. What remains passes `scrub_event`.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, cast

from balcao.kernel.observability.redaction import MASK, is_sensitive_name, scrub

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

MAX_DEPTH: Final = 12
MESSAGE_LENGTH: Final = 300
CLOSE_SECONDS: Final = 2.0
# What a database adds to its message quotes rows and parameters; so may everything after the first line.
_DETAILS: Final = re.compile(r"(?:\bDETAIL:|\bCONTEXT:|\[SQL:|\[parameters:|\n).*", re.DOTALL)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"|input_value=.*?(?=, input_type|$)")
_NOT_OURS_TO_SEND: Final = ("request", "user", "extra", "breadcrumbs", "modules", "server_name", "threads")
_NEVER_SCRUBBED: Final = frozenset({"event_id", "timestamp", "trace_id", "span_id", "request_id"})
_is_on = False


class SentryPackageMissingError(RuntimeError):
    """The settings name a Sentry and the package of requirements-tracing.lock is not installed."""


def sentry_is_installed() -> bool:
    """Whether the optional package is there."""
    return find_spec("sentry_sdk") is not None


def start_sentry(dsn: str, *, release: str, environment: str) -> None:
    """Sends unexpected errors from now on. Raises SentryPackageMissingError, and ValueError for an address that is none."""
    global _is_on  # noqa: PLW0603 - one per process, as the log is
    if not dsn:
        return
    if not sentry_is_installed():
        raise SentryPackageMissingError
    import sentry_sdk
    from sentry_sdk.utils import BadDsn

    try:
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            environment=environment,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            traces_sample_rate=None,
            server_name="",
            before_send=scrub_event,
        )
    except BadDsn:
        raise ValueError("SENTRY_DSN is not the address of a Sentry project") from None
    _is_on = True


def stop_sentry() -> None:
    """Sends what waits, two seconds at most, and ends."""
    global _is_on  # noqa: PLW0603 - see start_sentry
    if _is_on:
        import sentry_sdk

        sentry_sdk.get_client().close(timeout=CLOSE_SECONDS)
        sentry_sdk.get_global_scope().set_client(None)
    _is_on = False


def report_error(error: BaseException, **tags: str | int | None) -> None:
    """Hands over an error nobody expected, with words of the program as tags: request id, tenant, route, task."""
    if not _is_on:
        return
    import sentry_sdk

    with sentry_sdk.new_scope() as scope:
        for name, value in tags.items():
            if value is not None:
                scope.set_tag(name, str(value))
        sentry_sdk.capture_exception(error, scope=scope)


def scrub_event(event: Event, _hint: Hint) -> Event:
    """The event without anything that may be somebody's: no request, no variables; messages cut short and masked."""
    document = cast("dict[str, Any]", event)
    for name in _NOT_OURS_TO_SEND:
        document.pop(name, None)
    raised: list[dict[str, Any]] = document.get("exception", {}).get("values", [])
    for one in raised:
        one["value"] = short_message(str(one.get("value") or ""))
        trace: dict[str, list[dict[str, Any]]] = one.get("stacktrace") or {}
        for frame in trace.get("frames", []):
            frame.pop("vars", None)
    return cast("Event", {name: _scrubbed(name, value, 0) for name, value in document.items()})


def short_message(text: str) -> str:
    """The first line of an error's words: what it quotes is left out, what looks personal is masked."""
    first = _DETAILS.sub("", text)
    return scrub(_QUOTED.sub(MASK, first))[:MESSAGE_LENGTH].strip()


def _scrubbed(name: str, value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH or is_sensitive_name(name):
        return MASK
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value)
        return {key: _scrubbed(str(key), member, depth + 1) for key, member in inner.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(name, member, depth + 1) for member in cast("list[Any]", value)]
    if not isinstance(value, str) or name in _NEVER_SCRUBBED:
        return value
    return scrub(value)
