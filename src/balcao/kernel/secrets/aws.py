"""Secrets of AWS Secrets Manager: one secret per name, as a plain text (SecretString) or bytes of UTF-8 (SecretBinary).

Source: docs.aws.amazon.com/secretsmanager, GetSecretValue: JSON 1.1 over POST, signed. The stages AWSCURRENT and
AWSPREVIOUS are the newest version and the last good one before it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import orjson

from balcao.kernel.secrets.aws_keys import AwsCredentials
from balcao.kernel.secrets.http import Answer, Line
from balcao.kernel.secrets.port import (
    Secret,
    SecretForbiddenError,
    SecretMissingError,
    SecretUnavailableError,
)
from balcao.kernel.secrets.sigv4 import signed_headers

TARGET: Final = "secretsmanager.GetSecretValue"
SERVICE: Final = "secretsmanager"
CURRENT: Final = "AWSCURRENT"
LAST_GOOD: Final = "AWSPREVIOUS"
_THROTTLED: Final = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"})  # fmt: skip
_ENDED: Final = frozenset({"ExpiredTokenException", "ExpiredToken", "RequestExpired"})
_FORBIDDEN: Final = {
    "AccessDeniedException": "forbidden",
    "AccessDenied": "forbidden",
    "UnrecognizedClientException": "login_refused",
    "InvalidClientTokenId": "login_refused",
    "InvalidSignatureException": "login_refused",
    "SignatureDoesNotMatch": "login_refused",
    "IncompleteSignature": "login_refused",
    "MissingAuthenticationToken": "login_refused",
    "NotAuthorized": "forbidden",
    # The key that sealed the secret is disabled or not ours to use.
    "DecryptionFailure": "decryption",
    **dict.fromkeys(_ENDED, "login_ended"),
}


class AwsSecrets:
    """Reads `{prefix}{NAME}` from Secrets Manager of one region."""

    def __init__(
        self,
        credentials: AwsCredentials,
        *,
        region: str,
        endpoint: str = "",
        prefix: str = "balcao/",
        line: Line | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._credentials = credentials
        self._region = region
        self._url = (endpoint or f"https://{SERVICE}.{region}.amazonaws.com").rstrip("/") + "/"
        self._prefix = prefix
        self._line = line or Line()
        self._clock = clock

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "aws"

    def get(self, name: str) -> Secret:
        """The version staged AWSCURRENT. Raises the errors of the port."""
        return self._read(name, CURRENT)

    def previous(self, name: str) -> Secret | None:
        """The version staged AWSPREVIOUS."""
        try:
            return self._read(name, LAST_GOOD)
        except SecretMissingError:
            return None

    def close(self) -> None:
        """Gives back connections."""
        self._line.close()

    def _read(self, name: str, stage: str) -> Secret:
        answer = self._ask(name, stage)
        if _kind(answer) in _ENDED:
            self._credentials.forget()
            answer = self._ask(name, stage)
        if answer.status != 200:
            _refuse(name, answer)
        value = answer.words("SecretString") or _of_bytes(name, answer.words("SecretBinary"))
        version = answer.words("VersionId")
        if not value or not version:
            raise SecretUnavailableError(name, "answer_not_understood")
        return Secret(name, value, version, self._clock())

    def _ask(self, name: str, stage: str) -> Answer:
        body = orjson.dumps({"SecretId": self._prefix + name, "VersionStage": stage})
        headers = signed_headers(
            self._credentials.keys(name),
            method="POST",
            url=self._url,
            headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET},
            body=body,
            region=self._region,
            service=SERVICE,
            now=self._clock(),
        )
        return self._line.ask(name, "POST", self._url, headers=headers, content=body)


def _kind(answer: Answer) -> str:
    """`__type` may carry a namespace before # and an address after a colon."""
    return (answer.words("__type") or answer.words("code")).rpartition("#")[2].partition(":")[0]


def _refuse(name: str, answer: Answer) -> None:
    kind = _kind(answer)
    if kind == "ResourceNotFoundException":
        raise SecretMissingError(name, "missing")
    if kind == "InvalidRequestException":
        raise SecretMissingError(name, "deleted")  # it is scheduled for deletion
    if kind in _FORBIDDEN:
        raise SecretForbiddenError(name, _FORBIDDEN[kind])
    if kind in _THROTTLED or answer.status == 429:
        raise SecretUnavailableError(name, "throttled", retry_after=answer.retry_after)
    if answer.status in {401, 403}:
        raise SecretForbiddenError(name, "forbidden")
    raise SecretUnavailableError(name, f"status_{answer.status}", retry_after=answer.retry_after)


def _of_bytes(name: str, text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise SecretUnavailableError(name, "answer_not_understood") from None
