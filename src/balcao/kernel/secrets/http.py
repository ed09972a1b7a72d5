"""How sources are asked over HTTP: short, without following anybody elsewhere, and without a word of the answer in errors."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import httpx
import orjson

from balcao.kernel.secrets.port import SecretForbiddenError, SecretUnavailableError

TIMEOUT_SECONDS: Final = 5.0
MAX_BYTES: Final = 256 * 1024  # the largest secret of the three is 64 KB
LONGEST_WAIT_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Status and body of an answer. `document` is empty when the body is no JSON object."""

    status: int
    document: Mapping[str, Any]
    retry_after: float | None
    text: str

    def member(self, *path: str) -> Any:
        """The value at a path of names, or None."""
        found: Any = self.document
        for name in path:
            if not isinstance(found, dict):
                return None
            found = cast("dict[str, Any]", found).get(name)
        return found

    def words(self, *path: str) -> str:
        """The text at a path; empty when there is none."""
        found = self.member(*path)
        return found if isinstance(found, str) else ""


class Line:
    """A client for one source. Proxies and `.netrc` of the machine are not used: credentials go straight to the source.

    `authorities` is a file of certificates for a source that is signed by a company's own.
    """

    def __init__(self, *, timeout_seconds: float = TIMEOUT_SECONDS, authorities: Path | None = None) -> None:
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds),
            follow_redirects=False,
            trust_env=False,
            verify=ssl.create_default_context(cafile=str(authorities)) if authorities else True,
        )

    def ask(
        self,
        name: str,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One question. `name` is the secret it is about. Raises SecretUnavailableError when no answer comes."""
        if form is not None:
            content = str(httpx.QueryParams(dict(form))).encode()
            headers = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded"}
        try:
            with self._client.stream(method, url, headers=headers, content=content or None) as response:
                body = _body(response)
                return _answer(response, body)
        # From None: an error of the client may quote what was sent, and a credential with it.
        except httpx.TimeoutException:
            raise SecretUnavailableError(name, "timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            raise SecretUnavailableError(name, "no_connection") from None
        except _TooLongError:
            raise SecretUnavailableError(name, "answer_too_long") from None

    def close(self) -> None:
        """Gives back connections."""
        self._client.close()


def read_token(name: str, path: Path) -> str:
    """A token that the platform keeps fresh in a file. Raises SecretForbiddenError when it is not there."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SecretForbiddenError(name, "identity_unreadable") from None


class _TooLongError(Exception):
    pass


def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _TooLongError
    return bytes(body)


def _answer(response: httpx.Response, body: bytes) -> Answer:
    try:
        parsed: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        parsed = None
    document = cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}
    text = body.decode("utf-8", "replace") if not document else ""
    return Answer(response.status_code, document, _retry_after(response), text)


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), LONGEST_WAIT_SECONDS) if value.isascii() and value.isdigit() else None
