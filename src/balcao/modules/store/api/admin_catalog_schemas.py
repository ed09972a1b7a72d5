"""What the catalogue routes take. Prices are centavos."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from balcao.kernel.db.paging import PageQuery
from balcao.kernel.money import PRICE_MAX_CENTS
from balcao.modules.store import catalog_rules as rules

Availability = Literal["available", "order", "unavailable"]
PricingMode = Literal["sum", "highest", "average"]
Version = Annotated[int, Field(ge=1, le=2**31)]
Cents = Annotated[int, Field(ge=0, le=PRICE_MAX_CENTS, strict=True)]


def _one_line(value: str) -> str:
    plain = " ".join(value.split())
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValueError("Write this on one line, without control characters.")
    return plain


def _name(value: str) -> str:
    plain = _one_line(value)
    if not plain:
        raise ValueError("Give it a name.")
    return plain


def _paragraphs(value: str) -> str:
    text = value.replace("\r\n", "\n").strip()
    if any(ord(character) < 32 and character not in "\n\t" for character in text):
        raise ValueError("This text has characters that cannot be shown.")
    return text


Name = Annotated[str, Field(max_length=rules.NAME_MAX), AfterValidator(_name)]
PartName = Annotated[str, Field(max_length=80), AfterValidator(_one_line)]
Tag = Annotated[str, Field(max_length=rules.TAG_MAX), AfterValidator(_one_line)]
Alt = Annotated[str, Field(max_length=rules.ALT_MAX), AfterValidator(_one_line)]
Description = Annotated[str, Field(max_length=rules.DESCRIPTION_MAX), AfterValidator(_paragraphs)]


class Strict(BaseModel):
    """A body: what is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class SkuIn(Strict):
    """A size; without `id` it is a new one."""

    id: UUID | None = None
    name: PartName = ""
    price_cents: Cents
    is_active: bool = True

    def draft(self) -> rules.SkuDraft:
        """As the verbs take it."""
        return rules.SkuDraft(self.price_cents, self.name, self.is_active, self.id)


class LinkIn(Strict):
    """An option group the product offers, and how many choices it asks for."""

    group_id: UUID
    min: Annotated[int, Field(ge=0, le=rules.CHOICES_MAX)] = 0
    max: Annotated[int, Field(ge=1, le=rules.CHOICES_MAX)] = 1

    def draft(self) -> rules.LinkDraft:
        """As the verbs take it."""
        return rules.LinkDraft(self.group_id, self.min, self.max)


_PRODUCT_EXAMPLE: dict[str, Any] = {
    "name": "Pão de queijo",
    "description": "Quentinho, de queijo meia cura.",
    "category_id": None,
    "tags": ["sem glúten"],
    "skus": [{"name": "Unidade", "price_cents": 650}, {"name": "Meia dúzia", "price_cents": 3500}],
    "option_groups": [],
    "availability": "available",
}
Skus = Annotated[list[SkuIn], Field(min_length=1, max_length=rules.SKUS_MAX)]
Links = Annotated[list[LinkIn], Field(max_length=rules.LINKS_MAX)]
Tags = Annotated[list[Tag], Field(max_length=rules.TAGS_MAX)]
LeadDays = Annotated[int, Field(ge=0, le=rules.LEAD_DAYS_MAX)]


class ProductIn(Strict):
    """A new product. Give `skus`, or `price_cents` for a product of one size."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _PRODUCT_EXAMPLE})
    name: Name
    description: Description = ""
    category_id: UUID | None = None
    store_id: UUID | None = None
    tags: Tags = []
    availability: Availability = "available"
    lead_days: LeadDays = 0
    is_active: bool = True
    price_cents: Cents | None = None
    skus: Skus | None = None
    option_groups: Links = []

    @model_validator(mode="after")
    def _one_price(self) -> ProductIn:
        if (self.price_cents is None) == (self.skus is None):
            raise ValueError("Give either one price or a list of sizes.")
        return self

    def draft(self) -> rules.ProductDraft:
        """As the verbs take it."""
        skus = [sku.draft() for sku in self.skus or []] or [rules.SkuDraft(self.price_cents or 0)]
        return rules.ProductDraft(
            self.name, skus, self.description, self.category_id, self.store_id, self.tags, self.availability,
            self.lead_days, self.is_active, [link.draft() for link in self.option_groups],
        )  # fmt: skip


class ProductPatch(Strict):
    """Changes to a product seen at `version`; what is not sent stays. `skus` and `option_groups` replace their lists."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 3, "availability": "order", "lead_days": 2}}
    )
    version: Version
    name: Name | None = None
    description: Description | None = None
    category_id: UUID | None = None
    store_id: UUID | None = None
    tags: Tags | None = None
    availability: Availability | None = None
    lead_days: LeadDays | None = None
    is_active: bool | None = None
    price_cents: Cents | None = None
    skus: Skus | None = None
    option_groups: Links | None = None

    def changes(self) -> dict[str, Any]:
        """What was sent, as the verbs take it. Only category and store may become nothing."""
        found: dict[str, Any] = {}
        for name in self.model_fields_set - {"version", "price_cents"}:
            value = getattr(self, name)
            if value is None and name not in {"category_id", "store_id"}:
                continue
            found[name] = value
        if self.skus is not None:
            found["skus"] = [sku.draft() for sku in self.skus]
        if self.option_groups is not None:
            found["option_groups"] = [link.draft() for link in self.option_groups]
        return found


class SkuPatch(Strict):
    """Changes to one size of a product seen at `version`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 3, "price_cents": 1290}}
    )
    version: Version
    name: PartName | None = None
    price_cents: Cents | None = None
    is_active: bool | None = None


class NewSku(Strict):
    """One more size for a product seen at `version`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 3, "name": "Grande", "price_cents": 1890}}
    )
    version: Version
    name: PartName = ""
    price_cents: Cents
    is_active: bool = True

    def draft(self) -> rules.SkuDraft:
        """As the verbs take it."""
        return rules.SkuDraft(self.price_cents, self.name, self.is_active)


class LinksIn(Strict):
    """The option groups a product offers, in order; they replace those it offered."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "version": 3,
                "option_groups": [{"group_id": "0192f0c1-7c2e-7d4a-9a63-0c0ffee00007", "min": 1, "max": 2}],
            }
        },
    )
    version: Version
    option_groups: Links


class Ids(Strict):
    """Rows in the order they shall have."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"ids": ["0192f0c1-7c2e-7d4a-9a63-0c0ffee00001"]}}
    )
    ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class BulkIn(Ids):
    """One change for many products. `price_basis_points`: 1 000 is +10 %, -550 is -5,5 %."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "ids": ["0192f0c1-7c2e-7d4a-9a63-0c0ffee00001"],
                "price_basis_points": 550,
                "round_to_cents": 10,
            }
        },
    )
    price_basis_points: Annotated[int, Field(ge=-9_900, le=100_000)] | None = None
    round_to_cents: Annotated[int, Field(ge=1, le=10_000)] = 1
    availability: Availability | None = None
    is_active: bool | None = None
    category_id: UUID | None = None

    @model_validator(mode="after")
    def _says_something(self) -> BulkIn:
        if not self.model_fields_set & {"price_basis_points", "availability", "is_active", "category_id"}:
            raise ValueError("Say what to change.")
        return self


class DuplicateIn(Strict):
    """The name of the copy."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"name": "Pão de queijo recheado"}}
    )
    name: Name | None = None


class CategoryIn(Strict):
    """A new category; without a store it shows in all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Salgados"}})
    name: Annotated[str, Field(max_length=80), AfterValidator(_name)]
    store_id: UUID | None = None
    is_active: bool = True


class CategoryPatch(Strict):
    """Changes to a category seen at `version`."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 1, "name": "Pães e bolos"}}
    )
    version: Version
    name: Annotated[str, Field(max_length=80), AfterValidator(_name)] | None = None
    store_id: UUID | None = None
    is_active: bool | None = None


class OptionIn(Strict):
    """An option; without `id` it is a new one. `max_per_item` is how often it may be chosen for one unit."""

    id: UUID | None = None
    name: PartName
    price_cents: Cents = 0
    max_per_item: Annotated[int, Field(ge=1, le=rules.CHOICES_MAX)] = 1
    is_active: bool = True

    def draft(self) -> rules.OptionDraft:
        """As the verbs take it."""
        return rules.OptionDraft(self.name, self.price_cents, self.max_per_item, self.is_active, self.id)


Options = Annotated[list[OptionIn], Field(min_length=1, max_length=rules.OPTIONS_MAX)]


class OptionGroupIn(Strict):
    """A new list of options. `pricing_mode`: what several choices cost together."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "name": "Sabores",
                "pricing_mode": "highest",
                "options": [
                    {"name": "Calabresa", "price_cents": 4000},
                    {"name": "Portuguesa", "price_cents": 4600},
                ],
            }
        },
    )
    name: Annotated[str, Field(max_length=80), AfterValidator(_name)]
    pricing_mode: PricingMode = "sum"
    is_active: bool = True
    options: Options


class OptionGroupPatch(Strict):
    """Changes to a list seen at `version`; `options` replaces the whole list."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": 2, "pricing_mode": "average"}}
    )
    version: Version
    name: Annotated[str, Field(max_length=80), AfterValidator(_name)] | None = None
    pricing_mode: PricingMode | None = None
    is_active: bool | None = None
    options: Options | None = None


class AltIn(Strict):
    """Words for a picture."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"alt": "Pão francês dourado na cesta"}}
    )
    alt: Alt


class ProductQuery(PageQuery):
    """Filters of the list of products."""

    q: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    category_id: UUID | None = None
    store_id: UUID | None = None
    availability: Availability | None = None
    is_active: bool | None = None
