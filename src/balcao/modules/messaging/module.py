"""Messages that leave: the outbox, its channels, the in-product mailbox."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.errors import VersionConflictError
from balcao.kernel.module import Module, NavItem, Permission
from balcao.modules.messaging.figures import FIGURES
from balcao.modules.messaging.jobs import (
    forget_former_secrets,
    forget_secrets,
    seal_credentials_anew,
    send_email,
)
from balcao.modules.messaging.sealed_columns import SEALED

MODULE = Module(
    name="messaging",
    title="Messages",
    folder=Path(__file__).parent,
    routes="balcao.modules.messaging.routes",
    jobs=(send_email, forget_secrets, forget_former_secrets, seal_credentials_anew),
    # What waited may have been sent since: a person decides, nobody gets it twice.
    after_restore={
        "messages_held": "update messages set status = 'dead', error = 'held_after_restore' "
        "where status in ('queued', 'failed')"
    },
    sealed=SEALED,
    constraint_errors={"uq_channel_credentials_tenant_id_channel": VersionConflictError},
    task_words={
        "messaging.send_email": "Sends an e-mail",
        "messaging.forget_secrets": "Blanks secrets in sent messages",
        "messaging.forget_former_secrets": "Forgets former secrets of channels",
        "messaging.seal_channels_anew": "Seals the credentials of channels with the present key",
    },
    metrics=(FIGURES,),
    permissions=(Permission("messaging.messages:view", "See messages that were sent"),),
    nav=(NavItem("Messages", "/painel/mensagens", "mail", "messaging.messages:view", 60),),
)
