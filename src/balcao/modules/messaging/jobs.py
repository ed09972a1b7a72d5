"""Sending what the outbox holds."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update

from balcao.kernel.jobs.job import JobContext, job
from balcao.kernel.tenant_secrets import sealing_keys_of
from balcao.modules.messaging.channel_credentials import forget_former, seal_channels_anew
from balcao.modules.messaging.models import Message
from balcao.modules.messaging.queries import BLANK
from balcao.ports.email import OutgoingEmail
from balcao.ports.errors import ProviderRejected, ProviderUnavailable

MAILBOX = "mailbox"
BACKOFF = (60, 300, 1800, 7200)  # 1, 5, 30, 120 minutes, then a person looks at it


@job("messaging.send_email", queue="now", backoff=BACKOFF)
async def send_email(context: JobContext, message_id: UUID) -> None:
    """Hands one e-mail to the provider. Its message id stays the same over retries, so receivers can drop repeats."""
    async with context.unit_of_work(read_only=True) as uow:
        message = (
            await uow.session.execute(select(Message).where(Message.id == message_id))
        ).scalar_one_or_none()
    if message is None or message.status not in {"queued", "failed"}:
        return
    email = OutgoingEmail(
        message_id=f"<{message.id}@{context.tenant.slug}.balcao>",
        to=message.recipient,
        subject=message.subject,
        text=message.body,
        from_name=context.tenant.name,
    )
    try:
        receipt = await context.providers.email.send(email)
    except ProviderRejected as error:
        await _note(context, message_id, "dead", error=error.code)
        return
    except ProviderUnavailable as error:
        await _note(context, message_id, "dead" if context.last_attempt else "failed", error=str(error))
        raise
    await _note(
        context, message_id, "sent", provider_id=receipt.message_id, is_kept=receipt.provider == MAILBOX
    )


async def _note(
    context: JobContext,
    message_id: UUID,
    status: str,
    *,
    error: str | None = None,
    provider_id: str | None = None,
    is_kept: bool = False,
) -> None:
    async with context.unit_of_work() as uow:
        message = (
            await uow.session.execute(select(Message).where(Message.id == message_id).with_for_update())
        ).scalar_one()
        message.status = status
        message.attempts += 1
        message.error = error
        message.provider_id = provider_id
        message.sent_at = uow.now() if status == "sent" else None
        if message.secret is not None and status in {"sent", "dead"} and not is_kept:
            # Nobody needs it here any more: the reader has it, or never will.
            message.body = message.body.replace(message.secret, BLANK)
            message.secret = message.secret_until = None
        uow.announce("messages")


@job(
    "messaging.forget_secrets",
    queue="soon",
    cron="23 * * * *",
    due="select distinct tenant_id from messages where secret is not null and secret_until <= now()",
)
async def forget_secrets(context: JobContext) -> None:
    """Blanks the secrets of stored messages whose door has closed."""
    async with context.unit_of_work() as uow:
        await uow.session.execute(
            update(Message)
            .where(
                Message.tenant_id == uow.tenant_id,
                Message.secret.is_not(None),
                Message.secret_until <= uow.now(),
            )
            .values(body=func.replace(Message.body, Message.secret, BLANK), secret=None, secret_until=None)
            .execution_options(synchronize_session=False)
        )


@job(
    "messaging.forget_former_secrets",
    queue="soon",
    cron="41 * * * *",
    due="select distinct tenant_id from channel_credentials "
    "where former_app_until <= now() or former_verify_until <= now()",
)
async def forget_former_secrets(context: JobContext) -> None:
    """Drops the app secrets and verify tokens that were exchanged more than 24 hours ago."""
    async with context.unit_of_work() as uow:
        await forget_former(uow)


@job(
    "messaging.seal_channels_anew",
    queue="soon",
    cron="52 4 * * *",
    due="select distinct tenant_id from channel_credentials",
)
async def seal_credentials_anew(context: JobContext) -> None:
    """Seals channels' credentials with the present AUTH_SECRET, also of channels that nobody uses for months."""
    async with context.unit_of_work() as uow:
        await seal_channels_anew(uow, sealing_keys_of(context.settings))
