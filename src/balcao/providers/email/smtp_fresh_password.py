"""SMTP whose password may be turned over while the program runs: refused once, it is read anew and tried once more."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from balcao.kernel.secrets.cache import SecretCache
from balcao.kernel.secrets.port import SecretError
from balcao.ports.email import OutgoingEmail, SentReceipt
from balcao.ports.errors import ProviderRejected
from balcao.providers.email.smtp import SmtpSender

PASSWORD = "SMTP_PASSWORD"  # noqa: S105 - the name of one


class FreshPasswordSmtp:
    """Sends through `sender`. A refused password is looked for once in the source of secrets, never an older one."""

    def __init__(self, sender: SmtpSender, secrets: SecretCache) -> None:
        self._sender = sender
        self._secrets = secrets

    @property
    def name(self) -> str:
        """The name it is chosen by in the settings."""
        return self._sender.name

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        """As SmtpSender.send."""
        used = self._sender
        try:
            return await used.send(email)
        except ProviderRejected as refusal:
            if refusal.code != "email_auth" or not used.username:
                raise
            fresh = await asyncio.to_thread(self._read_anew)
            if fresh in {"", used.password}:
                raise
        self._sender = replace(used, password=fresh)
        return await self._sender.send(email)

    def _read_anew(self) -> str:
        """The password of now; empty when it cannot be had, for the refusal says more than that."""
        self._secrets.invalidate(PASSWORD)
        try:
            return self._secrets.get(PASSWORD).reveal()
        except SecretError:
            return ""
