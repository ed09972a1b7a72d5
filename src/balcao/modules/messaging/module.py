"""Messages that leave: the outbox, its channels, the in-product mailbox."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission
from balcao.modules.messaging.api import router
from balcao.modules.messaging.figures import FIGURES
from balcao.modules.messaging.jobs import forget_secrets, send_email
from balcao.modules.messaging.pages import router as pages

MODULE = Module(
    name="messaging",
    title="Messages",
    folder=Path(__file__).parent,
    routers=(router,),
    pages=(pages,),
    jobs=(send_email, forget_secrets),
    # What waited may have been sent since: a person decides, nobody gets it twice.
    after_restore={
        "messages_held": "update messages set status = 'dead', error = 'held_after_restore' "
        "where status in ('queued', 'failed')"
    },
    metrics=(FIGURES,),
    permissions=(Permission("messaging.messages:view", "See messages that were sent"),),
    nav=(NavItem("Messages", "/painel/mensagens", "mail", "messaging.messages:view", 60),),
)
