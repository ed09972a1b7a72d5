"""What the module answers by HTTP: the API's routers and the pages, read when an application is made of them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from balcao.modules.messaging.api import router
from balcao.modules.messaging.pages import router as pages

ROUTERS: Final[tuple[APIRouter, ...]] = (router,)
PAGES: Final[tuple[APIRouter, ...]] = (pages,)
