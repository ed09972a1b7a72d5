"""The first page: what this installation is, and the doors of it."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.errors import TenantUnknownError
from balcao.kernel.web.dependencies import Installation, Public
from balcao.kernel.web.templates import render
from balcao.modules.admin.session_cookie import given_tenant

router = APIRouter()


@router.get("/", dependencies=[Depends(Public("the door of the house"))])
async def home(request: Request, runtime: Installation) -> Response:
    """One screen with the ways on. On a business's own host it is that business's shop."""
    own = await given_tenant(request, runtime)
    if own is not None:
        return RedirectResponse(f"/loja/{own.slug}", 303)
    shop = None
    if runtime.settings.default_tenant:
        try:
            shop = await runtime.tenants.find("slug", runtime.settings.default_tenant)
        except TenantUnknownError:
            shop = None  # the setting names a business that is not there yet: the page has one door less
    return render(
        request,
        "admin/home.html",
        shop={"name": shop.name, "url": f"/loja/{shop.slug}"} if shop else None,
        accent_css=f"/aparencia/{shop.slug}.css" if shop else None,
        app_name=runtime.settings.app_name,
    )
