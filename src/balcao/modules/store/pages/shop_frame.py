"""What every page of the storefront has around it: the name plate, the basket button, the way to other stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response

from balcao.brazil.phones import wa_link
from balcao.kernel.i18n import Translator
from balcao.kernel.identity.tokens import token_hash
from balcao.kernel.ids import new_token
from balcao.kernel.tenants import Tenant
from balcao.kernel.web.dependencies import Work, translator_of
from balcao.modules.store.cart import Basket, PricedBasket, change_basket, price_basket, read_basket
from balcao.modules.store.storefront_queries import load_catalogue, load_stores

CART_COOKIE = "cart"
CART_SECONDS = 30 * 24 * 3600
TOKEN_LENGTHS = range(20, 101)
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """A buyer in a store: the catalogue of now and the basket they carry."""

    tenant: Tenant
    stores: list[Mapping[str, Any]]
    catalogue: Mapping[str, Any]
    basket: Basket
    priced: PricedBasket

    @property
    def store(self) -> Mapping[str, Any]:
        """The store as the catalogue describes it."""
        return self.catalogue["store"]

    @property
    def store_id(self) -> UUID:
        """The store's id."""
        return UUID(self.store["id"])

    @property
    def shop_url(self) -> str:
        """Address of the business' first page."""
        return f"/loja/{self.tenant.slug}"

    @property
    def url(self) -> str:
        """Address of this store's menu."""
        return f"{self.shop_url}/{self.store['slug']}"


def cart_digest(request: Request) -> str | None:
    """The digest under which this browser's basket is kept; None when it carries none."""
    token = request.cookies.get(CART_COOKIE, "")
    return token_hash(token) if len(token) in TOKEN_LENGTHS else None


async def visit(request: Request, works: Work, store_slug: str | None) -> Visit:
    """Catalogue from the cache, and the basket when the browser carries one (one small read). NotFoundError otherwise."""
    catalogue = await load_catalogue(works.runtime, works.tenant, store_slug)
    stores = await load_stores(works.runtime, works.tenant)
    basket = Basket()
    digest = cart_digest(request)
    if digest is not None:
        store_id = UUID(catalogue["store"]["id"])
        async with works.runtime.transactions.begin(
            works.tenant, works.actor, read_only=True, request_id=works.request_id
        ) as uow:
            basket = await read_basket(uow, store_id, digest)
    return Visit(works.tenant, stores, catalogue, basket, price_basket(catalogue, basket))


async def change_visit(
    request: Request, works: Work, before: Visit, change: Callable[[Basket], Basket]
) -> tuple[Visit, str | None]:
    """Changes the basket in a transaction of its own. Answers the visit after it, and a new cookie token if one is due."""
    fresh = None
    digest = cart_digest(request)
    if digest is None:
        fresh = new_token()
        digest = token_hash(fresh)
    basket = await works.run(lambda uow: change_basket(uow, before.store_id, digest, change))
    after = Visit(
        before.tenant, before.stores, before.catalogue, basket, price_basket(before.catalogue, basket)
    )
    return after, fresh


def keep_cart(response: Response, works: Work, token: str | None) -> None:
    """Sets the basket's cookie when it is new; it is sent to this business' shop only."""
    if token is not None:
        response.set_cookie(
            CART_COOKIE, token, max_age=CART_SECONDS, path=f"/loja/{works.tenant.slug}", httponly=True, samesite="lax",
            secure=works.runtime.settings.secure_cookies,
        )  # fmt: skip


async def typed_fields(request: Request) -> Fields:
    """The text fields of a posted form; the last one of a name wins."""
    form = await request.form(max_fields=300)
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def shop_context(request: Request, here: Visit) -> dict[str, Any]:
    """The context of `face_store.html`; pages add their own names."""
    words, store = translator_of(request), here.store
    return {
        "tenant": {"name": here.tenant.name, "slug": here.tenant.slug, "logo_url": None, "cover": store.get("cover")},
        "zone": store["timezone"],
        "shop_url": here.shop_url,
        "store_url": here.url,
        "store": {
            "name": store["name"],
            "is_open": store["is_open"],
            "status_text": status_text(words, store, datetime_now(request)),
            "address": address_text(store.get("address")),
            "phone": store.get("phone"),
            "whatsapp_url": wa_link(store["phone"]) if store.get("phone") else None,
        },
        "stores": [
            {"name": item["name"], "href": f"{here.shop_url}/{item['slug']}", "active": item["id"] == store["id"]}
            for item in here.stores
        ],
        "cart": {"count": here.priced.count, "total_cents": here.priced.total_cents, "href": f"{here.url}/sacola"},
        "basket": here.priced,
        "footer_links": [
            (words("Menu"), here.url),
            (words("Your basket"), f"{here.url}/sacola"),
            (words("Who we are and your data"), f"{here.shop_url}/privacidade"),
        ],
        "worker_url": f"{here.shop_url}/app.js",
        "accent_css": f"/aparencia/{here.tenant.slug}.css",
        "manifest_url": f"{here.shop_url}/manifest.webmanifest",
    }  # fmt: skip


def datetime_now(request: Request) -> datetime:
    """The installation's clock."""
    return request.app.state.runtime.clock()


def address_text(address: Any) -> str | None:
    """One line of a store's address."""
    if not isinstance(address, Mapping):
        return address or None
    parts: Mapping[str, Any] = address  # pyright: ignore[reportUnknownVariableType]
    street = ", ".join(part for part in (parts.get("street"), parts.get("number")) if part)
    city = "/".join(part for part in (parts.get("city"), parts.get("state")) if part)
    return " · ".join(part for part in (street, parts.get("district"), city) if part) or None


def status_text(words: Translator, store: Mapping[str, Any], now: datetime) -> str:
    """ "Open until 19:00", "Closed, opens tomorrow at 08:00": what the sign over the door says."""
    zone = store["timezone"]
    if store["is_open"]:
        closes = store.get("closes_at")
        if closes is None:
            return words("Open now")
        return words("Open until {time}", time=words.time(datetime.fromisoformat(closes), zone))
    opening = store.get("next_opening")
    if opening is None:
        return words("Closed")
    return words("Closed, opens {when}", when=when_text(words, datetime.fromisoformat(opening), zone, now))


def when_text(words: Translator, moment: datetime, zone: str, now: datetime) -> str:
    """A near moment as people say it: "today at 18:00", "tomorrow at 08:00", "Tuesday 24/11 at 08:00"."""
    clock = words.time(moment, zone)
    local = ZoneInfo(zone)
    today, day = now.astimezone(local).date(), moment.astimezone(local).date()
    if day == today:
        return words("today at {time}", time=clock)
    if day == today + timedelta(days=1):
        return words("tomorrow at {time}", time=clock)
    return words("{day} at {time}", day=day_text(words, day.isoformat(), now, zone), time=clock)


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_text(words: Translator, iso_day: str, now: datetime, zone: str) -> str:
    """A day near now: "Today", "Tomorrow", "Tuesday, 24/11"."""
    day = datetime.fromisoformat(iso_day).date()
    today = now.astimezone(ZoneInfo(zone)).date()
    if day == today:
        return words("Today")
    if day == today + timedelta(days=1):
        return words("Tomorrow")
    date_text = f"{day:%d/%m}" if words.language == "pt_BR" else f"{day:%m-%d}"
    return f"{words(WEEKDAYS[day.weekday()])}, {date_text}"
