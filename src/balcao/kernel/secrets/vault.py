"""Secrets of HashiCorp Vault and OpenBao: key/value engine, version 2, over the HTTP interface both share.

Each secret is a path of its own with the value in the field `value`:  vault kv put secret/balcao/AUTH_SECRET value=…
Sources: developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and …/auth/approle; openbao.org/api-docs has the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import orjson
from pydantic import SecretStr

from balcao.kernel.secrets.http import Answer, Line
from balcao.kernel.secrets.port import (
    Secret,
    SecretForbiddenError,
    SecretMissingError,
    SecretUnavailableError,
)

FIELD: Final = "value"
RENEW_AT: Final = 0.8  # of a token's life
_THROTTLED: Final = 429


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class VaultLogin:
    """How to come in: with a token, with an AppRole, or with the JWT of a workload and a role (Kubernetes)."""

    token: str = ""
    role_id: str = ""
    secret_id: str = ""
    jwt: Callable[[], str] | None = None
    jwt_role: str = ""
    jwt_mount: str = "kubernetes"
    approle_mount: str = "approle"


class VaultSecrets:
    """Reads `{mount}/{prefix}/{NAME}`. A token of a login is renewed, or fetched anew, before it ends."""

    def __init__(
        self,
        address: str,
        login: VaultLogin,
        *,
        mount: str = "secret",
        prefix: str = "balcao",
        namespace: str = "",
        line: Line | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address.rstrip("/")
        self._login = login
        self._mount = mount.strip("/")
        self._prefix = prefix.strip("/")
        self._namespace = namespace
        self._line = line or Line()
        self._clock = clock
        self._lock = threading.Lock()
        self._token = SecretStr(login.token)
        self._renew_at: float | None = None

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "vault"

    def get(self, name: str) -> Secret:
        """The newest version. Raises the errors of the port."""
        return self._read(name, None)

    def previous(self, name: str) -> Secret | None:
        """The version before the newest, unless it was deleted or destroyed."""
        try:
            newest = int(self._read(name, None).version)
            return self._read(name, newest - 1) if newest > 1 else None
        except SecretMissingError:
            return None

    def close(self) -> None:
        """Gives back connections and forgets the token."""
        self._token = SecretStr("")
        self._line.close()

    def _read(self, name: str, version: int | None) -> Secret:
        path = quote("/".join(part for part in (self._prefix, name) if part))
        url = f"{self._address}/v1/{self._mount}/data/{path}" + (f"?version={version}" if version else "")
        answer = self._asked(name, "GET", url, token=self._current_token(name))
        if answer.status == 403 and not self._login.token:
            # Our token may have been revoked under us; a fresh one tells that from a missing right.
            answer = self._asked(name, "GET", url, token=self._sign_in(name))
        self._check(name, answer)
        number, value = answer.member("data", "metadata", "version"), answer.member("data", "data", FIELD)
        if not isinstance(value, str) or not value or not isinstance(number, int):
            raise SecretUnavailableError(name, "answer_not_understood")
        return Secret(name, value, str(number), datetime.now(UTC))

    def _check(self, name: str, answer: Answer) -> None:
        if answer.status == 200:
            return
        if answer.status == 404:
            # A deleted version answers 404 as well, but with its metadata.
            deleted = answer.member("data", "metadata") is not None
            raise SecretMissingError(name, "deleted" if deleted else "missing")
        _refuse(name, answer)

    def _current_token(self, name: str) -> str:
        with self._lock:
            token, due = (
                self._token.get_secret_value(),
                self._renew_at is not None and self._clock() >= self._renew_at,
            )
        if token and not due:
            return token
        return (self._renew(name, token) if token else "") or self._sign_in(name)

    def _renew(self, name: str, token: str) -> str:
        answer = self._asked(name, "POST", f"{self._address}/v1/auth/token/renew-self", token=token, body={})
        return self._take_token(answer) if answer.status == 200 else ""

    def _sign_in(self, name: str) -> str:
        login = self._login
        if login.jwt is not None:
            path, body = f"{login.jwt_mount}/login", {"role": login.jwt_role, "jwt": login.jwt()}
        elif login.role_id:
            body = {"role_id": login.role_id} | ({"secret_id": login.secret_id} if login.secret_id else {})
            path = f"{login.approle_mount}/login"
        else:
            raise SecretForbiddenError(name, "no_credentials")
        answer = self._asked(name, "POST", f"{self._address}/v1/auth/{path}", body=body)
        if answer.status in {400, 403}:
            raise SecretForbiddenError(name, "login_refused")
        if answer.status != 200:
            _refuse(name, answer)
        token = self._take_token(answer)
        if not token:
            raise SecretUnavailableError(name, "answer_not_understood")
        return token

    def _take_token(self, answer: Answer) -> str:
        token, life = answer.words("auth", "client_token"), answer.member("auth", "lease_duration")
        with self._lock:
            self._token = SecretStr(token)
            ends = isinstance(life, int) and life > 0
            self._renew_at = self._clock() + life * RENEW_AT if ends else None
        return token

    def _asked(
        self, name: str, method: str, url: str, *, token: str = "", body: dict[str, str] | None = None
    ) -> Answer:
        headers = {"X-Vault-Request": "true"}
        headers |= {"X-Vault-Token": token} if token else {}
        headers |= {"X-Vault-Namespace": self._namespace} if self._namespace else {}
        content = b"" if body is None else orjson.dumps(body)
        return self._line.ask(name, method, url, headers=headers, content=content)


def _refuse(name: str, answer: Answer) -> None:
    if answer.status == 403:
        raise SecretForbiddenError(name, "forbidden")
    if answer.status == _THROTTLED:
        raise SecretUnavailableError(name, "throttled", retry_after=answer.retry_after)
    # 503 is a sealed vault, 472 and 473 are standbys that do not serve.
    kind = "sealed" if answer.status == 503 else f"status_{answer.status}"
    raise SecretUnavailableError(name, kind, retry_after=answer.retry_after)
