"""Secrets of Azure Key Vault, over its REST interface (api-version 7.4).

Names there are letters, digits and dashes only, so AUTH_SECRET is kept as `balcao-AUTH-SECRET`. Sources:
learn.microsoft.com/rest/api/keyvault/secrets and …/entra/identity-platform/v2-oauth2-client-creds-grant-flow.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from balcao.kernel.secrets.http import Answer, Line, read_token
from balcao.kernel.secrets.port import (
    Secret,
    SecretForbiddenError,
    SecretMissingError,
    SecretUnavailableError,
)

API: Final = "7.4"
AUTHORITY: Final = "https://login.microsoftonline.com"
METADATA: Final = "http://169.254.169.254/metadata/identity/oauth2/token"
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
RENEW_BEFORE_SECONDS: Final = 120.0
PAGES: Final = 20  # of versions; Key Vault gives 25 a page


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AzureLogin:
    """How to come in: a workload's federated token, a client secret, or the machine's managed identity, in this order."""

    tenant_id: str = ""
    client_id: str = ""
    client_secret: str = ""
    federated_token_file: Path | None = None
    authority: str = AUTHORITY
    metadata_url: str = METADATA
    audience: str = "https://vault.azure.net"


class AzureSecrets:
    """Reads `{prefix}{NAME}`, underscores as dashes."""

    def __init__(
        self,
        vault_url: str,
        login: AzureLogin,
        *,
        prefix: str = "balcao-",
        line: Line | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = vault_url.rstrip("/")
        self._login = login
        self._prefix = prefix
        self._line = line or Line()
        self._clock = clock
        self._lock = threading.Lock()
        self._token = SecretStr("")
        self._renew_at = 0.0

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "azure"

    def get(self, name: str) -> Secret:
        """The newest version. Raises the errors of the port."""
        return self._read(name, "")

    def previous(self, name: str) -> Secret | None:
        """The newest enabled version before the current one."""
        try:
            current = self.get(name).version
        except SecretMissingError:
            return None
        found = [item for item in self._versions(name) if item[1] != current]
        return self._read(name, max(found)[1]) if found else None

    def close(self) -> None:
        """Gives back connections and forgets the token."""
        self._token = SecretStr("")
        self._line.close()

    def _path(self, name: str) -> str:
        return f"{self._url}/secrets/{quote((self._prefix + name).replace('_', '-'), safe='')}"

    def _read(self, name: str, version: str) -> Secret:
        address = f"{self._path(name)}/{quote(version, safe='')}" if version else self._path(name)
        answer = self._ask(name, f"{address}?api-version={API}")
        # `id` ends with the version: https://…/secrets/name/version
        value, version = answer.words("value"), answer.words("id").rpartition("/")[2]
        if not value or not version:
            raise SecretUnavailableError(name, "answer_not_understood")
        return Secret(name, value, version, datetime.now(UTC))

    def _versions(self, name: str) -> list[tuple[int, str]]:
        """When each enabled version was made, and its name."""
        found: list[tuple[int, str]] = []
        address = f"{self._path(name)}/versions?api-version={API}"
        for _ in range(PAGES):
            answer = self._ask(name, address)
            for item in cast("list[Any]", answer.member("value") or []):
                attributes: Mapping[str, Any] = item.get("attributes") or {}
                if attributes.get("enabled"):
                    found.append((int(attributes.get("created") or 0), str(item["id"]).rpartition("/")[2]))
            following = answer.words("nextLink")
            # The token goes to our vault only, whatever a page says.
            if urlsplit(following)[:2] != urlsplit(self._url)[:2]:
                break
            address = following
        return found

    def _ask(self, name: str, address: str) -> Answer:
        answer = self._line.ask(name, "GET", address, headers=self._bearer(name))
        if answer.status == 401:
            with self._lock:
                self._token = SecretStr("")
            answer = self._line.ask(name, "GET", address, headers=self._bearer(name))
        if answer.status != 200:
            _refuse(name, answer)
        return answer

    def _bearer(self, name: str) -> dict[str, str]:
        with self._lock:
            if not self._token.get_secret_value() or self._clock() >= self._renew_at:
                self._sign_in(name)
            return {"Authorization": f"Bearer {self._token.get_secret_value()}"}

    def _sign_in(self, name: str) -> None:
        login = self._login
        if not login.client_secret and login.federated_token_file is None:
            answer = self._of_machine(name)
        else:
            form = {
                "grant_type": "client_credentials",
                "client_id": login.client_id,
                "scope": f"{login.audience}/.default",
            }
            if login.federated_token_file is not None:
                form["client_assertion_type"] = ASSERTION
                form["client_assertion"] = read_token(name, login.federated_token_file)
            else:
                form["client_secret"] = login.client_secret
            address = f"{login.authority.rstrip('/')}/{quote(login.tenant_id, safe='')}/oauth2/v2.0/token"
            answer = self._line.ask(name, "POST", address, form=form)
        if answer.status in {400, 401, 403}:
            raise SecretForbiddenError(name, "login_refused")
        if answer.status != 200:
            raise SecretUnavailableError(name, f"status_{answer.status}", retry_after=answer.retry_after)
        token, life = answer.words("access_token"), answer.member("expires_in")
        if not token or not str(life).isdigit():
            raise SecretUnavailableError(name, "answer_not_understood")
        self._token = SecretStr(token)
        self._renew_at = self._clock() + max(0.0, int(life) - RENEW_BEFORE_SECONDS)

    def _of_machine(self, name: str) -> Answer:
        login = self._login
        client = f"&client_id={quote(login.client_id, safe='')}" if login.client_id else ""
        address = f"{login.metadata_url}?api-version=2018-02-01&resource={quote(login.audience, safe='')}"
        try:
            return self._line.ask(name, "GET", address + client, headers={"Metadata": "true"})
        except SecretUnavailableError:
            # Not a machine of Azure: then nobody gave us any credentials.
            raise SecretForbiddenError(name, "no_credentials") from None


def _refuse(name: str, answer: Answer) -> None:
    if answer.status == 404:
        raise SecretMissingError(name, "missing")
    if answer.status in {401, 403}:
        # A disabled or expired version is refused with 403 as well.
        raise SecretForbiddenError(name, "forbidden" if answer.status == 403 else "login_refused")
    if answer.status == 429:
        raise SecretUnavailableError(name, "throttled", retry_after=answer.retry_after)
    raise SecretUnavailableError(name, f"status_{answer.status}", retry_after=answer.retry_after)
