"""How a tenant looks: its accent and its floor tile, as files a strict content policy accepts; and the language switch."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from balcao.kernel.web.dependencies import LANGUAGE_COOKIE, Installation, Public
from balcao.kernel.web.tiles import tile_svg

router = APIRouter(include_in_schema=False)
BRIEFLY = "public, max-age=300"
ACCENT = "#1f4fd8"
SECOND = "#f2a71b"
PAPER = "#fbf7f0"
LANGUAGE_YEAR = 365 * 24 * 3600


@router.get("/aparencia/{slug}.css", dependencies=[Depends(Public("part of every page of the shop"))])
async def tenant_stylesheet(slug: str, runtime: Installation) -> Response:
    """The tenant's colours and tile as custom properties."""
    tenant = await runtime.tenants.find("slug", slug)
    css = (
        f":root {{ --tenant-accent: {tenant.accent or ACCENT}; --tenant-second: {SECOND}; "
        f'--tile: url("/aparencia/{tenant.slug}/azulejo.svg"); }}'
    )
    return Response(css, media_type="text/css", headers={"cache-control": BRIEFLY})


@router.get("/aparencia/{slug}/azulejo.svg", dependencies=[Depends(Public("part of every page of the shop"))])
async def tenant_tile(slug: str, runtime: Installation) -> Response:
    """The tile drawn from the tenant's id."""
    tenant = await runtime.tenants.find("slug", slug)
    svg = tile_svg(tenant.id.bytes, size=96, foreground="#000", background="none")
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": BRIEFLY})


@router.get("/aparencia/{slug}/icone.svg", dependencies=[Depends(Public("the icon of an installed shop"))])
async def tenant_icon(slug: str, runtime: Installation) -> Response:
    """The tile in the tenant's colour: what a phone shows for the installed shop."""
    tenant = await runtime.tenants.find("slug", slug)
    svg = tile_svg(tenant.id.bytes, size=512, foreground=tenant.accent or ACCENT, background=PAPER)
    return Response(svg, media_type="image/svg+xml", headers={"cache-control": BRIEFLY})


@router.get("/idioma/{code}", dependencies=[Depends(Public("anybody may choose the language"))])
async def choose_language(request: Request, code: str, runtime: Installation) -> Response:
    """Keeps the language in a cookie and goes back. The target is a path of this installation, nothing else."""
    target = request.query_params.get("next", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        target = "/"
    response = RedirectResponse(target, 303)
    language = "en" if code.startswith("en") else "pt_BR"
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=LANGUAGE_YEAR, httponly=True, samesite="lax",
        secure=runtime.settings.secure_cookies,
    )  # fmt: skip
    return response
