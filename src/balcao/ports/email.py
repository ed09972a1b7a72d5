"""Sending one e-mail to one person."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    """A message ready to leave.

    `message_id` ("<...@...>") is ours and kept when a try is repeated, so that mailboxes see one message. Sender and
    `reply_to` are addresses; names stand apart. `html` is optional, `text` never is.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    from_name: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class SentReceipt:
    """Proof that the provider took the message; `response` is its own last word, for the log."""

    provider: str
    message_id: str
    response: str


class EmailSender(Protocol):
    """Who carries e-mail."""

    @property
    def name(self) -> str:
        """The name it is chosen by in the settings."""
        ...

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        """Hand the message over. Raises ProviderRejected or ProviderUnavailable."""
        ...
