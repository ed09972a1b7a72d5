"""Opening, changing and closing down stores: one address, one schedule, one way of being paid each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import func, select, text

from balcao.brazil.addresses import UFS, InvalidCep, fold, parse_cep
from balcao.brazil.phones import InvalidPhone, parse_phone
from balcao.brazil.pix_code import InvalidPixCode, encode_static
from balcao.brazil.pix_keys import InvalidPixKey, validate_key
from balcao.kernel.errors import DomainError, NotFoundError, ValidationFailedError, VersionConflictError
from balcao.kernel.ids import new_id
from balcao.kernel.work import UnitOfWork
from balcao.modules.store.models import Store
from balcao.ports.errors import ProviderRejected, ProviderUnavailable
from balcao.ports.places import Address, Places, Point

PAYMENT_METHODS = ("pix", "cash", "card_on_delivery", "meal_voucher")
"""What a store can take today; the online ways of paying need a payment provider."""

# Brasília time under the name that systems before the IANA list wrote.
_OLD_ZONES = {
    "America/Brasilia": "America/Sao_Paulo",
    "Brazil/East": "America/Sao_Paulo",
    "Brazil/West": "America/Manaus",
}
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# Words of the shop's own addresses, /loja/<tenant>/<word>.
RESERVED_SLUGS = frozenset({"acompanhar", "pedido", "privacidade", "sem-conexao", "eventos"})
# A quote depends on these, so it falls when they change.
_QUOTED = frozenset({"latitude", "longitude", "distance_factor_percent", "accepts_delivery", "timezone"})
_ADDRESS = ("postal_code", "street", "number", "district", "city", "state")
_RANGES: Mapping[str, tuple[int, int]] = {
    "preparation_minutes": (0, 1440),
    "pix_minutes": (5, 1440),
    "lead_minutes": (0, 43_200),
    "max_days_ahead": (0, 60),
    "slot_minutes": (5, 480),
    "accept_minutes": (0, 240),
    "distance_factor_percent": (100, 300),
    "position": (0, 1_000_000),
}
_LENGTHS: Mapping[str, int] = {
    "name": 80, "description": 500, "street": 120, "number": 20, "complement": 80, "district": 80, "city": 80,
    "pix_receiver": 60,
}  # fmt: skip


class StoresLimitError(DomainError):
    """The plan's number of stores is reached; `limit` tells it."""

    code = "stores_limit"
    title = "No more stores in the plan."
    detail = "Your plan has no room for another store."


class StoreInUseError(DomainError):
    """The store has a history (orders, goods of its own, stock) and cannot be erased; it can be switched off."""

    code = "store_in_use"
    title = "Store in use."
    detail = "This store has orders or goods, so it stays. Switch it off instead."


class _Fault(Exception):  # noqa: N818 - carries a message from a check to the list of errors
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def suggest_slug(name: str) -> str:
    """An address word for a store name: "Pão & Cia Centro" gives "pao-cia-centro"."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:63] or "loja"
    return f"loja-{slug}" if slug in RESERVED_SLUGS else slug


async def get_store(uow: UnitOfWork, store_id: UUID, *, lock: bool = False) -> Store:
    """A store the actor may see. NotFoundError."""
    query = select(Store).where(Store.id == store_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    store = (await uow.session.execute(query)).scalar_one_or_none()
    if store is None or not uow.actor.sees_store(store_id):
        raise NotFoundError
    return store


async def create_store(uow: UnitOfWork, values: Mapping[str, Any]) -> Store:
    """Opens a store. Raises StoresLimitError, validation, and AlreadyExistsError for a taken address word."""
    clean = _clean({"slug": suggest_slug(str(values.get("name", ""))), **values})
    if not clean.get("name"):
        raise ValidationFailedError.at("/name", "Give the store a name.")
    if "payment_methods" not in clean and not clean.get("pix_key"):
        # Pix without a key would be offered and then fail.
        clean["payment_methods"] = ["cash", "card_on_delivery"]
    await _keep_limit(uow)
    store = Store(tenant_id=uow.tenant_id, id=new_id(), **clean)
    uow.session.add(store)
    await uow.session.flush()
    _check_whole(store, set(clean))
    uow.announce("catalog")
    return store


async def _keep_limit(uow: UnitOfWork) -> None:
    """Counts under a lock of the tenant, so that two people cannot both take the last place. The limit is read fresh."""
    await uow.session.execute(
        text("select pg_advisory_xact_lock(hashtextextended('stores:' || cast(:tenant as text), 0))"),
        {"tenant": str(uow.tenant_id)},
    )
    limit = (
        await uow.session.execute(
            text("select stores_limit from tenants where id = :tenant"), {"tenant": uow.tenant_id}
        )
    ).scalar_one()
    count = (await uow.session.execute(select(func.count()).select_from(Store))).scalar_one()
    if limit is not None and count >= limit:
        raise StoresLimitError(limit=limit)


async def update_store(uow: UnitOfWork, store_id: UUID, values: Mapping[str, Any], version: int) -> Store:
    """Changes the given fields of a store. Raises VersionConflictError, validation, NotFoundError.

    Moving the store, its clock or its delivery switch voids the freight quotes made before.
    """
    clean = _clean(values)
    store = await get_store(uow, store_id, lock=True)
    if store.version != version:
        raise VersionConflictError(
            current={"id": str(store.id), "version": store.version, "name": store.name}
        )
    before = {name: getattr(store, name) for name in clean}
    for name, value in clean.items():
        setattr(store, name, value)
    store.version += 1
    if any(name in _QUOTED and before[name] != clean[name] for name in clean):
        store.settings_version += 1
    _check_whole(store, set(clean))
    await uow.session.flush()
    uow.announce("catalog")
    return store


_IN_USE = text("""
select exists (select from orders where tenant_id = :tenant and store_id = :store)
    or exists (select from products where tenant_id = :tenant and store_id = :store)
    or exists (select from categories where tenant_id = :tenant and store_id = :store)
    or exists (select from stock_items where tenant_id = :tenant and store_id = :store)
""")


async def delete_store(uow: UnitOfWork, store_id: UUID) -> None:
    """Erases a store that never sold anything. Raises StoreInUseError, NotFoundError."""
    store = await get_store(uow, store_id, lock=True)
    used = await uow.session.execute(_IN_USE, {"tenant": uow.tenant_id, "store": store_id})
    if used.scalar_one():
        raise StoreInUseError
    await uow.session.delete(store)
    uow.announce("catalog")


async def point_of(places: Places, values: Mapping[str, Any]) -> Point | None:
    """Where an address is, or None when nobody can tell. Asks the outside: call it with no transaction open."""
    try:
        cep = parse_cep(str(values.get("postal_code") or ""))
    except InvalidCep:
        return None
    parts = {name: str(values.get(name) or "") for name in ("street", "number", "district", "city", "state")}
    try:
        return await places.locate(Address(cep, **parts))
    except (ProviderRejected, ProviderUnavailable):
        return None


def address_changed(store: Store, values: Mapping[str, Any]) -> bool:
    """Whether the values move the store: then its point has to be found anew."""
    return any(name in values and values[name] != getattr(store, name) for name in _ADDRESS)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    """Every field in its stored form. Raises ValidationFailedError naming all that do not fit."""
    clean: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    for name, value in values.items():
        try:
            clean[name] = _clean_one(name, value)
        except _Fault as fault:
            errors.append({"pointer": f"/{name}", "message": fault.message})
    if errors:
        raise ValidationFailedError(errors)
    return clean


def _clean_one(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        if "\x00" in value:
            raise _Fault("This has characters that cannot be kept.")
    if name in _LENGTHS and len(value) > _LENGTHS[name]:
        raise _Fault("This is too long.")
    if name in _RANGES and not _RANGES[name][0] <= value <= _RANGES[name][1]:
        raise _Fault("This number is outside what is allowed.")
    check = _CHECKS.get(name)
    return check(value) if check else value


def _name(value: str) -> str:
    if not value:
        raise _Fault("Give the store a name.")
    return value


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise _Fault("Use lower-case letters, digits and hyphens, beginning with a letter or digit.")
    if value in RESERVED_SLUGS:
        raise _Fault("This word is taken by the shop's own pages. Choose another.")
    return value


def _zone(value: str) -> str:
    zone = _OLD_ZONES.get(value, value)
    if zone not in available_timezones():
        raise _Fault("Choose a time zone of the list, such as America/Sao_Paulo.")
    return zone


def _phone(value: str) -> str:
    if not value:
        return ""
    try:
        return parse_phone(value)
    except InvalidPhone:
        raise _Fault("Write the phone with its area code, such as (11) 98765-4321.") from None


def _cep(value: str) -> str:
    if not value:
        return ""
    try:
        return parse_cep(value)
    except InvalidCep:
        raise _Fault("A CEP has eight digits, such as 01310-100.") from None


def _state(value: str) -> str:
    if value and value.upper() not in UFS:
        raise _Fault("Give the two letters of the state.")
    return value.upper()


def _pix_key(value: str) -> str:
    if not value:
        return ""
    try:
        return validate_key(value)[1]
    except InvalidPixKey as error:
        raise _Fault(pix_key_message(error.reason)) from None


def pix_key_message(reason: str) -> str:
    """The msgid that tells a shopkeeper what is wrong with a Pix key."""
    if reason == "pix_key_email":
        return "This e-mail is not complete."
    if reason.startswith("phone_"):
        return "This phone is not complete. Write it with +55 and the area code."
    if reason.startswith("document_"):
        return "The check digits of this CPF or CNPJ do not match. Look for a typing mistake."
    return "This is no Pix key. Use a CPF, CNPJ, phone with +55, e-mail or random key."


def _methods(value: list[str]) -> list[str]:
    if not value:
        raise _Fault("Choose at least one way to pay.")
    if any(method not in PAYMENT_METHODS for method in value):
        raise _Fault("One of these ways to pay is not available.")
    return [method for method in PAYMENT_METHODS if method in value]


def _capacity(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= 1000:
        raise _Fault("This number is outside what is allowed.")
    return value


def _degrees(limit: int) -> Callable[[float | None], float | None]:
    def check(value: float | None) -> float | None:
        # Written so that NaN fails too.
        if value is not None and not -limit <= value <= limit:
            raise _Fault("This is no point on the map.")
        return value

    return check


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "name": _name,
    "slug": _slug,
    "timezone": _zone,
    "phone": _phone,
    "postal_code": _cep,
    "state": _state,
    "pix_key": _pix_key,
    "payment_methods": _methods,
    "slot_capacity": _capacity,
    "latitude": _degrees(90),
    "longitude": _degrees(180),
}


def _check_whole(store: Store, touched: set[str]) -> None:
    """What must hold between fields; a store from before is not blamed for what this change does not touch."""
    errors: list[dict[str, str]] = []

    def fault(name: str, message: str) -> None:
        errors.append({"pointer": f"/{name}", "message": message})

    if (store.latitude is None) != (store.longitude is None):
        fault("latitude", "Give both coordinates, or none.")
    if not store.accepts_delivery and not store.accepts_pickup:
        fault("accepts_pickup", "A store delivers, hands over at the counter, or both.")
    if touched & {"payment_methods", "pix_key", "pix_receiver"} and "pix" in store.payment_methods:
        if not store.pix_key:
            fault("pix_key", "To take Pix, the store needs its key.")
        elif not store.pix_receiver:
            fault("pix_receiver", "Say whose name the Pix goes to.")
        elif not _makes_a_code(store):
            fault("pix_receiver", "Write this name with letters the banks know.")
    if errors:
        raise ValidationFailedError(errors)


def _makes_a_code(store: Store) -> bool:
    try:
        encode_static(store.pix_key, store.pix_receiver, store.city or "BRASIL", 100)
    except InvalidPixCode:
        return False
    return True
