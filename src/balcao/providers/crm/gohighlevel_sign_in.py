"""Consent at GoHighLevel: OAuth 2, authorization code, for one sub-account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import SecretStr

from balcao.ports.crm import CrmTokens, CrmVerdict
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.providers.crm.gohighlevel_answers import Reply, limits_of, verdict_of
from balcao.providers.crm.gohighlevel_line import DEFAULT_TIMEOUT_SECONDS, Line, NoReplyError

DEFAULT_CONSENT_URL: Final = "https://marketplace.gohighlevel.com/v2/oauth/chooselocation"
SCOPES: Final = (
    "contacts.readonly", "contacts.write", "locations.readonly", "locations/tags.readonly", "locations/tags.write",
)  # fmt: skip
_SHORTEST_LIFE_SECONDS: Final = 60
_LONGEST_LIFE_SECONDS: Final = 366 * 86_400


class GoHighLevelSignIn:
    """Tokens by consent, with the client id and secret of the operator's app. Neither shows in a repr."""

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str,
        client_secret: SecretStr,
        consent_url: str = DEFAULT_CONSENT_URL,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        self._line = Line(base_url, timeout_seconds=timeout_seconds)
        self._client_id = client_id
        self._client_secret = client_secret
        self._consent_url = consent_url

    def consent_url(self, *, state: str, redirect_uri: str) -> str:
        """Where the owner chooses the sub-account and says yes."""
        scheme, host, path, query, _ = urlsplit(self._consent_url)
        wanted = {
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "client_id": self._client_id,
            "scope": " ".join(SCOPES),
            "state": state,
        }
        return urlunsplit((scheme, host, path, urlencode([*parse_qsl(query), *wanted.items()]), ""))

    async def tokens_for_code(self, code: str, *, redirect_uri: str, now: datetime) -> CrmTokens:
        """Turns the code of a consent into tokens. Raises ProviderRejected("crm_consent") or ProviderUnavailable."""
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self._tokens(grant, (code,), now, refusal="crm_consent")

    async def refreshed(self, refresh_token: str, *, now: datetime) -> CrmTokens:
        """New tokens for a refresh token. Raises ProviderRejected("crm_unauthorized") or ProviderUnavailable."""
        grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._tokens(grant, (refresh_token,), now, refusal="crm_unauthorized")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.aclose()

    async def _tokens(
        self, grant: Mapping[str, str], secrets: tuple[str, ...], now: datetime, *, refusal: str
    ) -> CrmTokens:
        secret = self._client_secret.get_secret_value()
        form = {"client_id": self._client_id, "client_secret": secret, "user_type": "Location", **grant}
        try:
            reply = await self._line.ask("POST", "/oauth/token", form=form, secrets=(secret, *secrets))
        except NoReplyError as error:
            raise ProviderUnavailable(f"GoHighLevel: {error.kind}") from None
        verdict = verdict_of(reply)
        if verdict in {CrmVerdict.BUSY, CrmVerdict.UNCLEAR}:
            wait = limits_of(reply.headers).retry_after
            raise ProviderUnavailable(f"GoHighLevel answered {reply.status}", retry_after=wait)
        if verdict is not CrmVerdict.STORED:
            raise ProviderRejected(refusal, reply.reason)
        return _tokens_of(reply, now, refusal)


def _tokens_of(reply: Reply, now: datetime, refusal: str) -> CrmTokens:
    access, refresh, location = (
        _text(reply, name) for name in ("access_token", "refresh_token", "locationId")
    )
    if not access or not refresh or not location:
        raise ProviderRejected(refusal, "the answer lacks a token or the sub-account")
    life: Any = reply.body.get("expires_in")
    seconds = life if isinstance(life, int) else _SHORTEST_LIFE_SECONDS
    seconds = max(_SHORTEST_LIFE_SECONDS, min(seconds, _LONGEST_LIFE_SECONDS))
    return CrmTokens(
        access, refresh, now + timedelta(seconds=seconds), location, tuple(_text(reply, "scope").split())
    )


def _text(reply: Reply, name: str) -> str:
    value = reply.body.get(name)
    return value if isinstance(value, str) else ""
