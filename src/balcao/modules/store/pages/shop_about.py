"""What stands around the shop: who the business is and what it keeps, and what makes the shop an app on a phone."""

from __future__ import annotations

import hashlib
from typing import Final

import orjson
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from balcao.brazil.phones import wa_link
from balcao.kernel.i18n import LANGUAGES
from balcao.kernel.web.dependencies import Public, Words, Works
from balcao.kernel.web.static_files import static_url
from balcao.kernel.web.templates import render, render_text
from balcao.modules.store.pages.shop_frame import CART_SECONDS, address_text, shop_context, visit
from balcao.modules.store.store_queries import open_stores

router = APIRouter(
    prefix="/loja", dependencies=[Depends(Public("anybody may know who sells and what is kept"))]
)
# What every page of the shop needs and what never changes under its address: the hash is part of it.
SHELL: Final = (
    "css/tokens.css", "css/base.css", "css/components.css", "css/store.css", "favicon.svg", "icons.svg",
    "vendor/htmx.min.js", "js/app.js", "js/fields.js", "js/store.js", "js/live.js",
)  # fmt: skip
FONTS: Final = ("fonts/instrument-sans.woff2", "fonts/bricolage-grotesque.woff2")


@router.get("/{tenant}/manifest.webmanifest")
async def manifest(works: Works, words: Words) -> Response:
    """Lets a phone keep the shop as an app."""
    home = f"/loja/{works.tenant.slug}"
    body = {
        "name": works.tenant.name,
        "short_name": works.tenant.name[:24],
        "lang": words.html_code,
        "start_url": home,
        "scope": home,
        "id": home,
        "display": "standalone",
        "background_color": "#FBF7F0",
        "theme_color": works.tenant.accent or "#1F4FD8",
        "icons": [
            {"src": f"/aparencia/{works.tenant.slug}/icone.svg", "type": "image/svg+xml", "sizes": "any", "purpose": purpose}
            for purpose in ("any", "maskable")
        ],
    }  # fmt: skip
    headers = {"cache-control": "public, max-age=300", "vary": "cookie, accept-language"}
    return Response(orjson.dumps(body), media_type="application/manifest+json", headers=headers)


@router.get("/{tenant}/app.js")
async def worker(request: Request, works: Works) -> Response:
    """The service worker of one shop. It keeps files whose address names their content, and never an answer about goods."""
    home = f"/loja/{works.tenant.slug}"
    look = f"/aparencia/{works.tenant.slug}"
    kept = [*(static_url(name) for name in SHELL), *(static_url(name).partition("?")[0] for name in FONTS)]
    fresh = [f"{look}.css", f"{look}/azulejo.svg", f"{home}/sem-conexao"]
    version = hashlib.sha256(
        "\n".join((*kept, works.tenant.name, works.tenant.accent or "")).encode()
    ).hexdigest()[:12]
    body = render_text(
        request, "store/shop/app.js", home=home, kept=orjson.dumps(kept).decode(),
        fresh=orjson.dumps(fresh).decode(), version=version,
    )  # fmt: skip
    headers = {"cache-control": "no-cache", "service-worker-allowed": home}
    return Response(body, media_type="text/javascript", headers=headers)


@router.get("/{tenant}/sem-conexao")
async def offline(request: Request, works: Works) -> Response:
    """What an installed shop shows without a network, in both languages: nobody can ask which one is wanted then."""
    return render(
        request,
        "store/shop/offline.html",
        tenant=works.tenant,
        home=f"/loja/{works.tenant.slug}",
        accent_css=f"/aparencia/{works.tenant.slug}.css",
        voices=[works.runtime.catalogues.translator(language) for language in LANGUAGES],
    )


@router.get("/{tenant}/privacidade")
async def privacy(request: Request, works: Works) -> Response:
    """Who the business is, what it keeps of a buyer, why, for how long, and how to ask (LGPD, art. 9 and 18)."""
    here = await visit(request, works, None)
    stores = await works.run(open_stores)
    return render(
        request,
        "store/shop/privacy.html",
        **shop_context(request, here),
        places=[
            {
                "name": store["name"],
                "address": address_text(store["address"]),
                "phone": store["phone"],
                "whatsapp_url": wa_link(store["phone"]) if store["phone"] else None,
            }
            for store in stores
        ],
        tracking_days=works.runtime.settings.order_tracking_days,
        basket_days=CART_SECONDS // 86_400,
        canonical=f"{works.runtime.settings.api_base_url.rstrip('/')}{here.shop_url}/privacidade",
    )
