"""Who does central administration in a request, and how they get to the database."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from balcao.kernel.errors import ImpersonatingError
from balcao.kernel.web.dependencies import address_of, caller, request_id_of, runtime_of
from balcao.modules.admin.central_work import Central


async def _central(request: Request) -> Central:
    who = await caller(request)
    if who.actor.impersonator:
        raise ImpersonatingError
    return Central(runtime_of(request), who.actor, request_id_of(request), address_of(request))


CentralWork = Annotated[Central, Depends(_central)]
