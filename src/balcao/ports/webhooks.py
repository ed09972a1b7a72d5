"""Telling another program of an event: one signed POST to an address that a business typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

TIMEOUT_SECONDS: Final = 10.0
EXCERPT_LENGTH: Final = 500
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class OutgoingWebhook:
    """A message ready to leave. Its headers carry signatures, so neither shows in a repr."""

    url: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What the other side said: its status, whatever it is, and the beginning of its body."""

    status: int
    excerpt: str = ""


class WebhookSender(Protocol):
    """Who carries webhooks. It follows no redirect and goes to no address of a private network."""

    @property
    def name(self) -> str:
        """The name it is known by at /metrics."""
        ...

    async def send(self, message: OutgoingWebhook) -> WebhookAnswer:
        """Hand the message over, within TIMEOUT_SECONDS.

        Raises ProviderRejected("webhook_address") when the address may not be spoken to, and ProviderUnavailable when
        no answer came: `detail` is then one of name_unknown, refused, timeout, tls and broken.
        """
        ...
