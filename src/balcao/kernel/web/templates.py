"""Rendering pages: one Jinja environment over the kernel's templates and those of every module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.responses import HTMLResponse, RedirectResponse, Response

from balcao.kernel.actor import Actor
from balcao.kernel.i18n import DEFAULT_ZONE, LANGUAGES
from balcao.kernel.module import Module
from balcao.kernel.runtime import Runtime
from balcao.kernel.tenants import PLATFORM_TENANT, Tenant
from balcao.kernel.web.dependencies import runtime_of, translator_of
from balcao.kernel.web.static_files import static_url

TEMPLATES = Path(__file__).parent / "templates"
REFUSALS = range(400, 500)
LANGUAGE_LABELS = {"pt_BR": ("pt-BR", "Português"), "en": ("en", "English")}


@pass_context
def _brl(context: Context, cents: int) -> str:
    return context["_"].money(cents)


@pass_context
def _moment(context: Context, value: datetime, style: str = "short") -> str:
    return context["_"].moment(value, context.get("zone", DEFAULT_ZONE), style)


@pass_context
def _clock(context: Context, value: datetime) -> str:
    return context["_"].time(value, context.get("zone", DEFAULT_ZONE))


@pass_context
def _phone(context: Context, value: str) -> str:
    return context["_"].phone(value) if value else ""


def make_environment(modules: Sequence[Module]) -> Environment:
    """The environment of the installation: autoescape on, undefined names are errors."""
    folders = [TEMPLATES, *(module.templates for module in modules)]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    filters: dict[str, Any] = environment.filters
    filters.update(brl=_brl, dt=_moment, clock=_clock, phone=_phone)
    environment.globals.update(static=static_url)
    return environment


def _languages(request: Request, current: str) -> list[dict[str, Any]]:
    here = quote(request.url.path, safe="/")
    return [
        {
            "code": LANGUAGE_LABELS[language][0],
            "label": LANGUAGE_LABELS[language][1],
            "href": f"/idioma/{LANGUAGE_LABELS[language][0]}?next={here}",
            "active": language == current,
        }
        for language in LANGUAGES
    ]


def page_context(request: Request) -> dict[str, Any]:
    """What every page may use, whatever its face."""
    words = translator_of(request)
    return {
        "request_path": request.url.path,
        "lang": words.html_code,
        "_": words,
        "languages": _languages(request, words.language),
        "theme": request.cookies.get("theme") if request.cookies.get("theme") in {"light", "dark"} else None,
        "docs_are_open": request.app.state.runtime.settings.docs_are_open,
        "density": "compact" if request.cookies.get("density") == "compact" else None,
    }


def render_text(request: Request, name: str, /, **context: Any) -> str:
    """A template as text, with the common context."""
    environment: Environment = request.app.state.templates
    return environment.get_template(name).render({**page_context(request), **context})


def render(request: Request, name: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page. It depends on language and cookies, so no shared cache may keep it.

    A form that comes back with its mistakes is what was expected, yet browsers write any 4xx that a script receives
    into the console as an error. To htmx such a form is answered with 200 and the status in `X-Form-Status`; a plain
    form post, and every program, gets the status itself.
    """
    refused = status in REFUSALS and is_partial(request)
    response = HTMLResponse(render_text(request, name, **context), 200 if refused else status)
    if refused:
        response.headers["x-form-status"] = str(status)
    response.headers["cache-control"] = "no-store" if "cookie" in request.headers else "no-cache"
    response.headers["vary"] = "cookie, accept-language"
    return response


def is_partial(request: Request) -> bool:
    """True when htmx asks for a part of the page and not the whole."""
    return request.headers.get("hx-request") == "true"


def go_to(request: Request, url: str) -> Response:
    """After a form: the browser goes on to `url` (a path of ours). htmx is told so, because it would follow a 303 by itself
    and show the next page inside this one.
    """
    if is_partial(request):
        return Response(status_code=204, headers={"hx-redirect": url})
    return RedirectResponse(url, 303)


def panel_nav(runtime: Runtime, tenant: Tenant, actor: Actor, path: str, words: Any) -> list[dict[str, Any]]:
    """The panel's menu for one person: entries of switched-on modules they may view. /central is the platform's alone,
    and the platform, which sells nothing itself, is spared what a shop works with.
    """
    is_platform = tenant.slug == PLATFORM_TENANT
    items = [
        item
        for module in runtime.modules
        if module.name in tenant.subscribed
        for item in module.nav
        if (actor.can(item.permission) or not item.permission)
        and not (item.every_store and actor.store_ids is not None)
        and (is_platform or not _covers("/central", item.href))
        and not (is_platform and item.of_shop)
    ]
    items.sort(key=lambda item: item.position)
    best = max((item.href for item in items if _covers(item.href, path)), key=len, default="")
    return [
        {"label": words(item.label), "href": item.href, "icon": item.icon, "active": item.href == best,
         "badge": None, "group": None, "main": index < 4}
        for index, item in enumerate(items)
    ]  # fmt: skip


def _covers(href: str, path: str) -> bool:
    return path == href or path.startswith(f"{href}/")


ROLE_LABELS = {"owner": "Owner", "manager": "Manager", "operator": "Attendant"}


def panel_context(request: Request, tenant: Tenant, actor: Actor) -> dict[str, Any]:
    """The context of `face_panel.html`; pages add `stores`, `live_url` and their own names."""
    words = translator_of(request)
    return {
        "tenant": {"name": tenant.name, "slug": tenant.slug, "logo_url": None},
        "user": {
            "name": actor.name,
            "email": actor.email,
            "role_label": words(ROLE_LABELS.get(actor.role, actor.role)),
        },
        "actor": actor,
        "zone": tenant.timezone,
        "nav": panel_nav(runtime_of(request), tenant, actor, request.url.path, words),
        "stores": [],
        "panel_url": "/painel",
        "shop_url": f"/loja/{tenant.slug}"
        if "store" in tenant.subscribed and tenant.slug != PLATFORM_TENANT
        else None,
        "sign_out_url": "/painel/sair",
        "accent_css": f"/aparencia/{tenant.slug}.css",
        "tray_url": None,
        "tray_count": 0,
        "impersonating": words("You are in {business} as support.", business=tenant.name)
        if actor.impersonator
        else None,
        "lapsed_url": "/painel/assinatura"
        if not tenant.paying and request.url.path != "/painel/assinatura"
        else None,
        "live_url": None,
    }
