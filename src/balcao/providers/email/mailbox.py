"""The in-product mailbox: the message row is the mail, read by the business on its own screen."""

from balcao.ports.email import OutgoingEmail, SentReceipt


class Mailbox:
    """Takes every message; what it would have carried is already stored by whoever wrote it."""

    name = "mailbox"

    async def send(self, email: OutgoingEmail) -> SentReceipt:
        """The receipt. Never fails, since nothing leaves the product."""
        return SentReceipt(self.name, email.message_id, "kept in the mailbox")
