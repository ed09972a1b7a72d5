# Made by ./balcao reference from the API's document. Change the API, not this file.
"""The bodies and answers of the API as types: plain dictionaries at run time."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Account(TypedDict):
    """Who is signed in, and what they may do where."""

    id: str
    name: str
    email: str
    role: str
    permissions: list[str]
    modules: list[str]
    store_ids: list[str] | None
    tenant: dict[str, str]


class ActivityView(TypedDict):
    """Something that happened. `title` is an English text whose braces `arguments` fills; `link` is a page
    of the panel.
    """

    id: str
    kind: str
    title: str
    arguments: dict[str, Any]
    subject_id: str | None
    amount_cents: int | None
    link: str
    at: str


class AddressBody(TypedDict):
    """Where the bill goes."""

    postal_code: NotRequired[str]
    street: NotRequired[str]
    number: NotRequired[str]
    complement: NotRequired[str]
    district: NotRequired[str]
    city: NotRequired[str]
    state: NotRequired[str]


class AddressIn(TypedDict):
    """Where the shop is and the bill goes."""

    postal_code: str
    street: NotRequired[str]
    number: str
    complement: NotRequired[str]
    district: NotRequired[str]
    city: str
    state: str


class AddressInput(TypedDict):
    """Where to deliver."""

    postal_code: str
    street: str
    number: str
    district: str
    city: str
    state: str
    complement: NotRequired[str]
    reference: NotRequired[str]
    lat: NotRequired[float | None]
    lng: NotRequired[float | None]


class AdminCatalogCategoryDocument(TypedDict):
    """A category and how many products it holds."""

    id: str
    name: str
    store_id: str | None
    store_name: str | None
    position: int
    is_active: bool
    version: int
    products: int


class AdminCatalogOptionDocument(TypedDict):
    """An option of a list."""

    id: str
    name: str
    price_cents: int
    max_per_item: int
    is_active: bool


class AdminCatalogOptionGroupDocument(TypedDict):
    """A list of options and where it is offered."""

    id: str
    name: str
    pricing_mode: Literal["sum", "highest", "average"]
    is_active: bool
    version: int
    options: list[AdminCatalogOptionDocument]
    products: list[OfferDocument]


class AdminCatalogProductDocument(TypedDict):
    """A product as the panel sees it. `price_cents` and `price_max_cents` span the sizes on sale."""

    id: str
    code: int
    name: str
    description: str
    tags: list[str]
    store_id: str | None
    store_name: str | None
    category_id: str | None
    category_name: str | None
    availability: Literal["available", "order", "unavailable"]
    lead_days: int
    is_active: bool
    position: int
    version: int
    created_at: str
    price_cents: int
    price_max_cents: int
    skus: list[AdminCatalogSkuDocument]
    option_groups: list[LinkDocument]
    image: PictureDocument | None
    pictures: list[PictureDocument]


class AdminCatalogProductIn(TypedDict):
    """A new product. Give `skus`, or `price_cents` for a product of one size."""

    name: str
    description: NotRequired[str]
    category_id: NotRequired[str | None]
    store_id: NotRequired[str | None]
    tags: NotRequired[list[str]]
    availability: NotRequired[Literal["available", "order", "unavailable"]]
    lead_days: NotRequired[int]
    is_active: NotRequired[bool]
    price_cents: NotRequired[int | None]
    skus: NotRequired[list[SkuIn] | None]
    option_groups: NotRequired[list[LinkIn]]


class AdminCatalogSkuDocument(TypedDict):
    """A size."""

    id: str
    name: str
    price_cents: int
    is_active: bool


class AdminShippingAreaView(TypedDict):
    """A row as it is stored."""

    id: str
    store_id: str
    kind: Literal["km", "district", "postal_range"]
    name: str
    priority: int
    metres_min: int | None
    metres_max: int | None
    districts: list[str]
    city: str
    postal_from: str | None
    postal_to: str | None
    fee_cents: int
    min_order_cents: int
    free_above_cents: int | None
    eta_min: int
    eta_max: int
    is_active: bool


class AffectedOrder(TypedDict):
    """An open order that was promised units of the item."""

    id: str
    code: int
    status: str
    quantity: int


class AltIn(TypedDict):
    """Words for a picture."""

    alt: str


class ApiKeyCreate(TypedDict):
    """A key for a program: what it may do, in which stores (none: all), and until when (left out: until
    revoked). The password once more is not needed within ten minutes of signing in.
    """

    name: str
    permissions: list[str]
    store_ids: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    current_password: NotRequired[str | None]


class ApiKeyMade(TypedDict):
    """A fresh key. `key` is shown this once."""

    id: str
    key: str
    name: str
    last_four: str
    permissions: list[str]
    store_ids: list[str]
    expires_at: str | None


class ApiKeyView(TypedDict):
    """A key without its secret: the last four signs tell it from others. No store listed: every store."""

    id: str
    name: str
    last_four: str
    permissions: list[str]
    store_ids: list[str]
    created_by: str | None
    created_by_name: str | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None
    revoked_at: str | None
    status: str


class AreaIn(TypedDict):
    """A row of the table: `km` wants metres_min and metres_max, `district` districts, `postal_range` two
    CEPs.
    """

    kind: Literal["km", "district", "postal_range"]
    name: NotRequired[str]
    priority: NotRequired[int]
    metres_min: NotRequired[int | None]
    metres_max: NotRequired[int | None]
    districts: NotRequired[list[str]]
    city: NotRequired[str]
    postal_from: NotRequired[str | None]
    postal_to: NotRequired[str | None]
    fee_cents: int
    min_order_cents: NotRequired[int]
    free_above_cents: NotRequired[int | None]
    eta_min: NotRequired[int]
    eta_max: NotRequired[int]
    is_active: NotRequired[bool]


class AreaSaved(TypedDict):
    """A saved row with the warnings of its table."""

    id: str
    store_id: str
    kind: Literal["km", "district", "postal_range"]
    name: str
    priority: int
    metres_min: int | None
    metres_max: int | None
    districts: list[str]
    city: str
    postal_from: str | None
    postal_to: str | None
    fee_cents: int
    min_order_cents: int
    free_above_cents: int | None
    eta_min: int
    eta_max: int
    is_active: bool
    warnings: list[WarningView]


class AreasView(TypedDict):
    """The table with its warnings."""

    items: list[AdminShippingAreaView]
    total: int
    limit: int
    offset: int
    warnings: list[WarningView]


class AuditFeed(TypedDict):
    """Changes, newest first. `next_cursor` leads to older ones."""

    items: list[AuditView]
    next_cursor: str | None


class AuditView(TypedDict):
    """One change. `summary` is in the caller's language; `***` stands for what is secret or personal."""

    id: str
    at: str
    actor_kind: str
    actor_id: str | None
    actor_name: str | None
    impersonator: str | None
    address: str | None
    request_id: str | None
    verb: str
    entity: str
    entity_id: str
    subject: str
    summary: str
    before: dict[str, Any]
    after: dict[str, Any]


class BackupState(TypedDict):
    """Backups on this machine. `next_at` None: none is made by the clock."""

    last_at: str | None
    last_verified_at: str | None
    next_at: str | None
    is_overdue: bool


class BackupView(TypedDict):
    """A backup. `location` is local, bucket or both; `confirm` the phrase that restores it."""

    name: str
    created_at: str
    verified_at: str | None
    location: str
    size_bytes: int
    kind: str
    rows: int
    media_files: int
    encrypted: bool
    revision: str
    readable: bool
    confirm: str


class BackupsAsked(TypedDict):
    """What was asked for; `GET /backup/jobs/{id}` tells how it ends."""

    id: str
    name: str
    status: str


class BillingEventLine(TypedDict):
    """A message of the billing system and what became of it."""

    id: str
    event_id: str
    kind: str
    tenant_slug: str
    sequence: int | None
    outcome: str
    reason: str
    received_at: str


class BillingSendIntakeBody(TypedDict):
    """A business that was sold: who it is, its plan, whom to invite (`contact_email`)."""

    event_id: NotRequired[str | None]
    sequence: NotRequired[int | None]
    plan: NotRequired[str | None]
    plan_id: NotRequired[str | None]
    current_period_end: NotRequired[str | None]
    trial_end_at: NotRequired[str | None]
    cancel_at: NotRequired[str | None]
    tenant_slug: NotRequired[str | None]
    name: NotRequired[str | None]
    users_limit: NotRequired[int | None]
    stores_limit: NotRequired[int | None]
    person_type: NotRequired[Literal["individual", "company"] | None]
    document: NotRequired[str | None]
    legal_name: NotRequired[str | None]
    trade_name: NotRequired[str | None]
    state_registration: NotRequired[str | None]
    municipal_registration: NotRequired[str | None]
    contact_name: NotRequired[str | None]
    contact_email: NotRequired[str | None]
    contact_phone: NotRequired[str | None]
    financial_name: NotRequired[str | None]
    financial_email: NotRequired[str | None]
    financial_phone: NotRequired[str | None]
    billing_postal_code: NotRequired[str | None]
    billing_street: NotRequired[str | None]
    billing_number: NotRequired[str | None]
    billing_complement: NotRequired[str | None]
    billing_district: NotRequired[str | None]
    billing_city: NotRequired[str | None]
    billing_state: NotRequired[str | None]
    onboarding_origin: NotRequired[str]
    activation_mode: NotRequired[BillingSendIntakeBodyActivationMode]
    activation_notes: NotRequired[str | None]
    payment_provider: NotRequired[str | None]
    payment_reference: NotRequired[str | None]
    activated_at: NotRequired[str | None]
    signup_payload: NotRequired[dict[str, Any] | None]


BillingSendIntakeBodyActivationMode = Literal["manual", "automatic_webhook", "force_first_access_test"]


class BillingSendStatusBody(TypedDict):
    """A subscription's new state. `sequence` counts a business's messages; an older one changes nothing."""

    event_id: NotRequired[str | None]
    sequence: NotRequired[int | None]
    plan: NotRequired[str | None]
    plan_id: NotRequired[str | None]
    current_period_end: NotRequired[str | None]
    trial_end_at: NotRequired[str | None]
    cancel_at: NotRequired[str | None]
    tenant_id: NotRequired[str | None]
    tenant_slug: NotRequired[str | None]
    status: BillingSendStatusBodyStatus


BillingSendStatusBodyStatus = Literal["trialing", "active", "past_due", "canceled", "suspended"]


class BillingView(TypedDict):
    """One's own plan. `sells_until` is when selling stops unless a late payment arrives."""

    plan: str | None
    plan_name: str | None
    price_cents: int | None
    interval: str | None
    status: BillingViewStatus | None
    is_paying: bool
    started_at: str | None
    current_period_end: str | None
    trial_end_at: str | None
    cancel_at: str | None
    past_due_since: str | None
    sells_until: str | None
    modules: list[ModuleView]
    limits: list[LimitUse]


BillingViewStatus = Literal["trialing", "active", "past_due", "canceled", "suspended"]


class BulkIn(TypedDict):
    """One change for many products. `price_basis_points`: 1 000 is +10 %, -550 is -5,5 %."""

    ids: list[str]
    price_basis_points: NotRequired[int | None]
    round_to_cents: NotRequired[int]
    availability: NotRequired[Literal["available", "order", "unavailable"] | None]
    is_active: NotRequired[bool | None]
    category_id: NotRequired[str | None]


class BusinessIn(TypedDict):
    """The name buyers see, the registered one, and the CPF or CNPJ (letters included)."""

    name: str
    legal_name: str
    document: str


class CacheFigures(TypedDict):
    """Ready answers: found, made anew, and the share that was found (None before the first)."""

    hits: int
    misses: int
    hit_rate: float | None
    bytes: int


class CancelRequest(TypedDict):
    """Why the buyer calls the order off."""

    reason: NotRequired[str]


class CartRequest(TypedDict):
    """A cart to be priced; who buys and how they pay may still be unknown."""

    store_id: str
    fulfilment: Literal["delivery", "pickup"]
    quote_id: NotRequired[str | None]
    address: NotRequired[AddressInput | None]
    items: list[ItemInput]
    coupon_code: NotRequired[str | None]
    scheduled_for: NotRequired[str | None]
    preorder_confirmed: NotRequired[bool]
    expected_total_cents: NotRequired[int | None]
    notes: NotRequired[str]
    customer: NotRequired[CustomerInput | None]
    payment: NotRequired[PaymentInput | None]


class CatalogDocument(TypedDict):
    """The catalogue of a store. After `fresh_until` the clock alone may have changed it."""

    store: StoreDocument
    categories: list[PublicCategoryDocument]
    banners: list[dict[str, Any]]
    fresh_until: str


class CategoryIn(TypedDict):
    """A new category; without a store it shows in all."""

    name: str
    store_id: NotRequired[str | None]
    is_active: NotRequired[bool]


class CategoryPatch(TypedDict):
    """Changes to a category seen at `version`."""

    version: int
    name: NotRequired[str | None]
    store_id: NotRequired[str | None]
    is_active: NotRequired[bool | None]


class Cell(TypedDict):
    """A cell of the source beside its clean text."""

    column: int
    letter: str
    header: str
    field: str
    original: str
    value: str
    changed: bool
    codes: list[str]
    corrected: str | None


CentralListTenantsSubscription = Literal["", "trialing", "active", "past_due", "canceled", "suspended"]


class CepDocument(TypedDict):
    """What is known of a postal code: its street, its town (one CEP for all of it), or only the range it
    lies in.
    """

    postal_code: str
    street: str
    district: str
    city: str
    state: str
    ibge: str
    source: Literal["street", "town", "range"]


class ChangeView(TypedDict):
    """A change. `can_undo` is false once a field of it was changed again, and for what cannot be taken
    back at all.
    """

    id: str
    kind: Literal["import", "edit", "merge", "undo", "erase"]
    at: str
    actor: str
    actor_name: str
    import_id: str | None
    is_first: bool
    fields: list[FieldChange]
    can_undo: bool


class Changed(TypedDict):
    """How many products a bulk change touched."""

    changed: int


class ChannelBody(TypedDict):
    """The credentials of one channel; the fields of the other are not sent, or null.

    WhatsApp needs `phone_number_id` and `access_token`, Telegram `bot_token`. Of a secret, its mask as
    it was read means: keep. A field left out stays as it is, null or an empty text takes it out. An
    exchanged `app_secret` or `verify_token` holds for 24 hours more. `version` is the one that was
    read; another one stored meanwhile is a conflict.
    """

    phone_number_id: NotRequired[str | None]
    waba_id: NotRequired[str | None]
    access_token: NotRequired[str | None]
    app_secret: NotRequired[str | None]
    verify_token: NotRequired[str | None]
    bot_token: NotRequired[str | None]
    chat_id: NotRequired[str | None]
    version: NotRequired[int | None]


class ChannelView(TypedDict):
    """The credentials of a channel as they may be shown. Null stands for a field that is empty or another
    channel's.

    `check_outcome` tells what the provider said at `checked_at`; it is empty until it was asked about
    these credentials.
    """

    channel: Literal["whatsapp", "telegram"]
    phone_number_id: str | None
    waba_id: str | None
    access_token: str | None
    app_secret: str | None
    verify_token: str | None
    bot_token: str | None
    chat_id: str | None
    former_app_secret_until: str | None
    former_verify_token_until: str | None
    checked_at: str | None
    check_outcome: ChannelViewCheckOutcome
    shown_name: str
    shown_number: str
    created_at: str
    updated_at: str
    version: int


ChannelViewCheckOutcome = Literal[
    "",
    "ok",
    "unauthorized",
    "forbidden",
    "unknown",
    "refused",
    "unavailable",
    "lost",
]


class CheckoutRequest(TypedDict):
    """A whole order."""

    store_id: str
    fulfilment: Literal["delivery", "pickup"]
    quote_id: NotRequired[str | None]
    address: NotRequired[AddressInput | None]
    items: list[ItemInput]
    coupon_code: NotRequired[str | None]
    scheduled_for: NotRequired[str | None]
    preorder_confirmed: NotRequired[bool]
    expected_total_cents: NotRequired[int | None]
    notes: NotRequired[str]
    customer: CustomerInput
    payment: PaymentInput


class CleanPreview(TypedDict):
    """The first twenty rows of the file for GoHighLevel."""

    columns: list[str]
    rows: list[dict[str, str]]
    total: int


class CleanUp(TypedDict):
    """`dry_run` only says what would go."""

    dry_run: NotRequired[bool]


class CodeInput(TypedDict):
    """A code of the authenticator app (or, where it says so, a recovery code), and the password once more,
    which is not needed within ten minutes of signing in.
    """

    code: str
    current_password: NotRequired[str | None]


class ConfigPatch(TypedDict):
    """What changes. A null accent brings the house colour back."""

    name: NotRequired[str | None]
    accent: NotRequired[str | None]
    timezone: NotRequired[str | None]


class ConfigView(TypedDict):
    """The business."""

    id: str
    slug: str
    name: str
    accent: str | None
    accent_contrast: ContrastView | None
    timezone: str
    locale: str
    users_limit: int
    stores_limit: int | None
    modules: list[str]


class ConnectionView(TypedDict):
    """An account that was connected. The token is not shown to anybody, not even to who pasted it."""

    id: str
    provider: str
    kind: Literal["token", "consent"]
    location_id: str
    name: str
    status: Literal["connected", "needs_reconnect", "disconnected"]
    problem: str
    scopes: list[str]
    daily_limit: int | None
    daily_remaining: int | None
    checked_at: str | None
    created_at: str


class Consent(TypedDict):
    """Where the owner of the account allows this installation in; good for ten minutes, in the same
    session.
    """

    url: str


class ConsentIn(TypedDict):
    """What the person said about a channel, where, and what shows it."""

    channel: Literal["all", "whatsapp", "email", "sms", "phone"]
    status: Literal["granted", "withdrawn"]
    source: str
    evidence: NotRequired[str]


class ConsentView(TypedDict):
    """What a person said of a channel, when, where, and what shows it."""

    id: str
    channel: Literal["all", "whatsapp", "email", "sms", "phone"]
    status: Literal["granted", "withdrawn"]
    source: str
    evidence: str
    actor: str
    at: str


class ContactIn(TypedDict):
    """Whom to call."""

    name: NotRequired[str]
    email: str
    phone: str


class ContactPatch(TypedDict):
    """Changes to a person. `version` is the one that was read: a stale one is refused."""

    first_name: NotRequired[str]
    last_name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    company: NotRequired[str]
    job_title: NotRequired[str]
    address: NotRequired[str]
    city: NotRequired[str]
    state: NotRequired[str]
    postal_code: NotRequired[str]
    country: NotRequired[str]
    source: NotRequired[str]
    tags: NotRequired[list[str]]
    additional_emails: NotRequired[list[str]]
    additional_phones: NotRequired[list[str]]
    birthday: NotRequired[str | None]
    document: NotRequired[str]
    website: NotRequired[str]
    notes: NotRequired[str]
    version: int


class ContactView(TypedDict):
    """A person whole. `document` is masked when it is a CPF; the LGPD export alone shows it."""

    id: str
    version: int
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str
    phone_kind: str
    company: str
    job_title: str
    address: str
    city: str
    state: str
    postal_code: str
    country: str
    source: str
    tags: list[str]
    additional_emails: list[str]
    additional_phones: list[str]
    birthday: str | None
    document: str
    website: str
    notes: str
    extra: dict[str, Any]
    import_id: str | None
    is_suppressed: bool
    consents: dict[str, ConsentView]
    created_at: str
    updated_at: str


class ContrastView(TypedDict):
    """Contrast of the accent on the light and on the dark page, 1 to 21."""

    light: float
    dark: float


class CorrectionsSaved(TypedDict):
    """How many cells were corrected now, how many wait for the next run, and the import."""

    saved: int
    waiting: int
    job: ImportDocument


class CountIn(TypedDict):
    """What was found on the shelf. `force` accepts a number below what open orders were promised."""

    on_hand: int
    reason: str
    force: NotRequired[bool]


class CreateBackup(TypedDict):
    """`verify` restores the backup once before it counts as verified."""

    verify: NotRequired[bool]


class Credentials(TypedDict):
    """E-mail and password, and for whoever has a second factor its code or a recovery code."""

    email: str
    password: str
    otp: NotRequired[str]


class CustomerInput(TypedDict):
    """Who buys. The phone is the key; e-mail and document are optional."""

    name: str
    phone: str
    email: NotRequired[str | None]
    document: NotRequired[str | None]


class Dashboard(TypedDict):
    """The installation at a glance. Days and months are those of São Paulo; money is in centavos.

    `recurring_cents` is what the paying subscriptions are worth a month; sales are what the shops'
    buyers ordered.
    """

    tenants_active: int
    tenants_suspended: int
    tenants_canceled: int
    people_here_now: int
    stores_active: int
    orders_today: int
    orders_month: int
    sales_today_cents: int
    sales_month_cents: int
    recurring_cents: int
    trials_ending: int
    past_due: int


class DatabaseFigures(TypedDict):
    """The database: bytes, connections, locks somebody waits for, seconds of the oldest open transaction."""

    size_bytes: int
    connections: int
    connections_limit: int
    locks_waiting: int
    oldest_transaction_seconds: float
    pool_in_use: int
    pool_size: int


class DayView(TypedDict):
    """What a date looks like."""

    day: str
    shifts: list[ShiftView]


class DeadJob(TypedDict):
    """A job given up. `tenant` is a slug, `error` a class and a code."""

    id: int
    task: str
    queue: str
    tenant: str | None
    attempts: int
    error: str | None
    asked_at: str | None
    failed_at: str | None


class DeliveryDetail(TypedDict):
    """With the document that is sent and every try, newest first (at most 50)."""

    id: str
    message_id: str
    event_type: str
    subject: str
    sequence: int
    status: Literal["waiting", "delivered", "failed", "held"]
    tries: int
    next_try_at: str | None
    delivered_at: str | None
    created_at: str
    erased_at: str | None
    last_try: TryView | None
    data: dict[str, Any]
    history: list[TryView]


class DeliveryPage(TypedDict):
    """Newest first. `next_cursor` is for the rest, null at the end: with it nothing is seen twice while
    more comes in.
    """

    items: list[DeliveryView]
    total: int
    limit: int
    offset: int
    next_cursor: str | None


class DeliveryView(TypedDict):
    """A message on its way to an endpoint. Once `erased_at`, its contents are gone and it is sent no more."""

    id: str
    message_id: str
    event_type: str
    subject: str
    sequence: int
    status: Literal["waiting", "delivered", "failed", "held"]
    tries: int
    next_try_at: str | None
    delivered_at: str | None
    created_at: str
    erased_at: str | None
    last_try: TryView | None


class DiscountDocument(TypedDict):
    """One discount and what it took off."""

    label: str
    target: str
    amount_cents: int


class Disk(TypedDict):
    """Where the data folder lies, in bytes."""

    free_bytes: int
    total_bytes: int


class DuplicateGroup(TypedDict):
    """People who look alike: by the last eight digits of a telephone, the part of an e-mail before the @,
    or name and city.
    """

    likeness: Literal["phone", "email", "name"]
    people: list[DuplicateView]


class DuplicateIn(TypedDict):
    """The name of the copy."""

    name: NotRequired[str | None]


class DuplicateView(TypedDict):
    """Somebody who may be the same person as the others of the group. `document` is masked when it is a
    CPF.
    """

    id: str
    name: str
    email: str
    phone: str
    company: str
    city: str
    state: str
    document: str
    tags: list[str]
    created_at: str
    version: int


class Duplicates(TypedDict):
    """Groups from a position on; `next_start` goes on, null at the end."""

    items: list[RepeatedPerson]
    start: int
    next_start: int | None


class EndpointCreate(TypedDict):
    """An address and what it wants to hear of: events, groups such as `order.*`, or `*`."""

    url: str
    description: NotRequired[str]
    events: list[str]


class EndpointMade(TypedDict):
    """With its secret, shown this once."""

    id: str
    url: str
    description: str
    events: list[str]
    status: Literal["on", "off", "stopped"]
    failures: int
    stopped_at: str | None
    rest_until: str | None
    previous_secret_until: str | None
    version: int
    created_at: str
    waiting: int
    failed: int
    held: int
    last_delivered_at: str | None
    secret: str


class EndpointPatch(TypedDict):
    """What to change. `status` on also brings back one that was stopped; `version` guards against
    another's change.
    """

    url: NotRequired[str | None]
    description: NotRequired[str | None]
    events: NotRequired[list[str] | None]
    status: NotRequired[Literal["on", "off"] | None]
    version: NotRequired[int | None]


class EndpointView(TypedDict):
    """An address, what it asks for, and how it has been doing. Its secret is never shown again.

    One that gave no answer rests until `rest_until`; what comes meanwhile waits.
    """

    id: str
    url: str
    description: str
    events: list[str]
    status: Literal["on", "off", "stopped"]
    failures: int
    stopped_at: str | None
    rest_until: str | None
    previous_secret_until: str | None
    version: int
    created_at: str
    waiting: int
    failed: int
    held: int
    last_delivered_at: str | None


class Entered(TypedDict):
    """A fresh session. The token is in the cookie `admin_token` too.

    `recovery_codes_left` is there after a recovery code was used: make new ones before none is left.
    """

    access_token: str
    token_type: NotRequired[Literal["bearer"]]
    expires_at: str
    user: Account
    recovery_codes_left: NotRequired[int | None]


class EraseIn(TypedDict):
    """The person's name, typed to confirm; `keep_out` leaves digests on the suppression list."""

    confirm: str
    keep_out: NotRequired[bool]


class EstimateDocument(TypedDict):
    """What a sending takes: requests, whole minutes, and its share of the account's daily requests in per
    cent.
    """

    contacts: int
    requests: int
    minutes: int
    daily_share_pct: float


class EtaDocument(TypedDict):
    """Minutes until delivery."""

    min: int
    max: int


class EventDocument(TypedDict):
    """Something that happened to an order."""

    kind: str
    from_: NotRequired[str | None]
    to: str | None
    at: str
    note: str


class EventTypes(TypedDict):
    """The types of events there are, and the groups that stand for several."""

    events: list[str]
    groups: list[str]


class ExceptionIn(TypedDict):
    """Hours of one date; none of them means closed."""

    intervals: NotRequired[list[IntervalView]]
    reason: NotRequired[str]


class ExceptionView(TypedDict):
    """A date unlike its weekday."""

    day: str
    is_closed: bool
    intervals: list[IntervalView]
    reason: str


class Failure(TypedDict):
    """Why an import failed: a stable code, and a text in the caller's language."""

    code: str
    message: str


class FailureKind(TypedDict):
    """Dead jobs of one task that failed last in the same way. `kind` is a class and a code, empty when not
    noted.
    """

    task: str
    kind: str
    jobs: int
    last_at: str | None


class FieldChange(TypedDict):
    """One field before and after. Lists are joined; a CPF is masked."""

    field: str
    before: str
    after: str


class FirstAccessTest(TypedDict):
    """Whether the first steps are shown again."""

    is_forced: bool


class FoundDocument(TypedDict):
    """A product that fits what was typed."""

    id: str
    code: int
    name: str
    description: str
    price_cents: int
    from_price_cents: int
    availability: str
    image: ImageDocument | None
    skus: list[PublicSkuDocument]
    option_groups: list[PublicOptionGroupDocument]
    category: ShelfDocument


GohighlevelListPushItemsState = Literal[
    "pending",
    "sent",
    "retry",
    "created",
    "updated",
    "partial",
    "skipped",
    "failed",
]


class GroupCreate(TypedDict):
    """A named set of permissions; no store listed means every store."""

    name: str
    permissions: NotRequired[list[str]]
    store_ids: NotRequired[list[str]]
    is_active: NotRequired[bool]


class GroupPatch(TypedDict):
    """What to change of a group; what is left out stays."""

    name: NotRequired[str | None]
    permissions: NotRequired[list[str] | None]
    store_ids: NotRequired[list[str] | None]
    is_active: NotRequired[bool | None]
    version: NotRequired[int | None]


class GroupView(TypedDict):
    """A group and how many people are in it. No store listed: every store."""

    id: str
    name: str
    permissions: list[str]
    store_ids: list[str]
    is_active: bool
    people: int
    created_at: str
    version: int


class Health(TypedDict):
    """The whole, and each part."""

    status: Literal["ok", "degraded", "down"]
    parts: dict[str, Part]


class HoursIn(TypedDict):
    """The week."""

    hours: list[SpanIn]


class HoursView(TypedDict):
    """The week, the special days and what they make of today."""

    timezone: str
    always_open: bool
    hours: list[WeekdayInterval]
    exceptions: list[ExceptionView]
    opening: OpeningView


class Ids(TypedDict):
    """Rows in the order they shall have."""

    ids: list[str]


class ImageDocument(TypedDict):
    """A picture with its sizes."""

    src: str
    srcset: str
    width: int
    height: int
    alt: str


class Impersonated(TypedDict):
    """A session of sixty minutes inside the business. The own one stays as it is."""

    access_token: str
    token_type: NotRequired[Literal["bearer"]]
    expires_at: str
    user_id: str
    tenant_slug: str


class ImpersonationBody(TypedDict):
    """Why, and in whose name; the first owner's when nobody is named. The business reads the reason."""

    reason: str
    user_id: NotRequired[str | None]


class ImportDocument(TypedDict):
    """An import: one spreadsheet on its way to clean contacts."""

    id: str
    status: ImportDocumentStatus
    stage: str
    filename_original: str
    size_bytes: int
    sha256: str
    progress: Progress
    eta_seconds: int | None
    error: Failure | None
    options: dict[str, Any]
    attempt: int
    version: int
    needs_review: bool
    created_at: str
    started_at: str | None
    finished_at: str | None
    updated_at: str
    undone_at: str | None
    duplicate_of: NotRequired[str | None]
    links: dict[str, str]


ImportDocumentStatus = Literal["queued", "processing", "needs_mapping", "done", "failed", "canceled"]


class ImportLine(TypedDict):
    """An import in the list."""

    id: str
    status: ImportLineStatus
    stage: str
    filename_original: str
    size_bytes: int
    progress: Progress
    eta_seconds: int | None
    error: Failure | None
    total_rows: int | None
    created_at: str
    started_at: str | None
    finished_at: str | None
    undone_at: str | None
    links: dict[str, str]


ImportLineStatus = Literal["queued", "processing", "needs_mapping", "done", "failed", "canceled"]


class ImportsCorrectJobBody(TypedDict):
    cells: list[ImportsCorrectJobBodyCellsItem]
    reprocess: NotRequired[bool]


class ImportsCorrectJobBodyCellsItem(TypedDict):
    row: int
    column: int
    value: str


ImportsDownloadJobOnly = Literal["all", "new", "changed", "fresh", "unchanged", "conflict", "suppressed"]


ImportsListJobRowsState = Literal[
    "output",
    "duplicate",
    "suppressed",
    "no_identifier",
    "total",
    "repeated_header",
    "footer",
]


ImportsListJobsStatus = Literal["queued", "processing", "needs_mapping", "done", "failed", "canceled"]


class IntakeTaken(TypedDict):
    """`created`: the business is new with this message."""

    tenant_id: str | None
    slug: str
    outcome: str
    repeat: bool
    created: bool


class IntervalView(TypedDict):
    """Opening and closing by the store's clock; closing at or before opening is the next day's."""

    opens: str
    closes: str


class InvitationCreate(TypedDict):
    """Somebody to invite by e-mail."""

    email: str
    role: NotRequired[Literal["owner", "manager", "operator"]]
    group_id: NotRequired[str | None]


class InvitationSent(TypedDict):
    """The invitation left; the link is in the e-mail alone."""

    id: str
    email: str
    expires_at: str


class InvitationView(TypedDict):
    """An invitation nobody has answered yet."""

    id: str
    email: str
    role: str
    group_id: str | None
    group_name: str | None
    created_at: str
    expires_at: str


class Issue(TypedDict):
    """Something found in a cell of the source, or in a row as a whole (column and letter are then null)."""

    row: int
    column: int | None
    letter: str | None
    header: str | None
    field: str
    code: str
    level: Literal["info", "warning", "error"]
    message: str
    original: str
    value: str
    note: str


class ItemInput(TypedDict):
    """A line of the cart."""

    product_id: str
    sku_id: NotRequired[str | None]
    quantity: int
    notes: NotRequired[str]
    options: NotRequired[list[OptionInput]]


class ItemProblem(TypedDict):
    """A contact that did not arrive as it was: the spreadsheet's row, a code, and GoHighLevel's own word."""

    row: int
    state: str
    code: str
    detail: str
    missing: list[str]


class ItemView(TypedDict):
    """One contact of a sending. `name` is shown while the contact has not arrived, or from the address
    book.
    """

    row: int
    state: str
    code: str
    detail: str
    missing: list[str]
    id: str
    contact_id: str | None
    name: str
    attempts: int
    remote_id: str
    tags: str
    undone: str
    finished_at: str | None


class KindOfJobs(TypedDict):
    """Dead jobs of one task whose last error was of one kind, as `failures` of the state names them."""

    task: str
    kind: str


class LimitUse(TypedDict):
    """A ceiling and how much of it is used; `limit` None is none, `used` None is not counted yet."""

    name: str
    limit: int | None
    used: int | None


class LineDocument(TypedDict):
    """One priced line."""

    product_id: str
    sku_id: str
    name: str
    sku_name: str
    quantity: int
    unit_price_cents: int
    options_cents: int
    options: list[dict[str, Any]]
    discount_cents: int
    total_cents: int


class LinkDocument(TypedDict):
    """An offered option group."""

    group_id: str
    name: str
    min: int
    max: int
    pricing_mode: Literal["sum", "highest", "average"]
    is_active: bool


class LinkIn(TypedDict):
    """An option group the product offers, and how many choices it asks for."""

    group_id: str
    min: NotRequired[int]
    max: NotRequired[int]


class LinksIn(TypedDict):
    """The option groups a product offers, in order; they replace those it offered."""

    version: int
    option_groups: list[LinkIn]


class LogDocument(TypedDict):
    """What came of a report: its lines, those whose row was found, and how many there are of each code."""

    lines: int
    matched: int
    codes: dict[str, int]


class LogLineDocument(TypedDict):
    """A line of GoHighLevel's report. `row` is our spreadsheet's; 0 when nobody in the import fits."""

    row: int
    field: str
    code: str
    level: Literal["info", "warning", "error"]
    original: str
    note: str


class MappedColumn(TypedDict):
    """A column of the source and the field it is taken for; `evidence` says why."""

    position: int
    letter: str
    header: str
    field: str | None
    confidence: float
    evidence: str
    status: str
    samples: list[str]
    filled: int | None


class MappingDocument(TypedDict):
    """How the columns of an import are understood, and the fields there are."""

    status: MappingDocumentStatus
    shape: str | None
    columns: list[MappedColumn]
    fields: list[str]


MappingDocumentStatus = Literal["queued", "processing", "needs_mapping", "done", "failed", "canceled"]


class MappingIn(TypedDict):
    """Which field each column is, by position; "" leaves a column out. `save_as` keeps it for the next
    such file.
    """

    columns: dict[str, str]
    save_as: NotRequired[str | None]


class MappingPreview(TypedDict):
    """The first rows as they would come out."""

    rows: list[dict[str, str]]


class Member(TypedDict):
    """One of the rows that were the same person, as it was alone."""

    row: int
    person: dict[str, str]


class MergeIn(TypedDict):
    """Which two rows are one person. What `keep_id` lacks is filled in from `merge_id`; `version` is the
    kept one's.
    """

    keep_id: str
    merge_id: str
    version: NotRequired[int | None]


class MessageView(TypedDict):
    """A message of the outbox."""

    id: str
    channel: str
    template: str
    recipient: str
    recipient_name: str
    subject: str
    body: str
    link: str | None
    status: str
    attempts: int
    error: str | None
    created_at: str
    sent_at: str | None


class ModuleView(TypedDict):
    """A part of the product: in the plan, and switched on right now."""

    name: str
    title: str
    in_plan: bool
    is_on: bool


class ModulesView(TypedDict):
    """Plan, modules and limits with their use."""

    items: list[ModuleView]
    total: int
    limit: int
    offset: int
    plan: PlanView | None
    users_limit: int
    users_active: int
    stores_limit: int | None


class MovementIn(TypedDict):
    """Goods that arrived, or a signed correction."""

    kind: Literal["receive", "adjust"]
    quantity: int
    reason: NotRequired[str]


class MovementView(TypedDict):
    """One line of the ledger. `on_hand` and `reserved` are what it added, the `_after` ones what stood
    then.
    """

    id: str
    at: str
    day: str | None
    kind: MovementViewKind
    on_hand: int
    reserved: int
    on_hand_after: int
    reserved_after: int
    reason: str
    order_id: str | None
    order_code: int | None
    actor: str
    actor_name: str


MovementViewKind = Literal["receive", "adjust", "reserve", "release", "commit", "return", "count"]


class NamedBackup(TypedDict):
    """Which backup."""

    backup_name: str


class NewArea(TypedDict):
    """A row to be added to the table of a store."""

    kind: Literal["km", "district", "postal_range"]
    name: NotRequired[str]
    priority: NotRequired[int]
    metres_min: NotRequired[int | None]
    metres_max: NotRequired[int | None]
    districts: NotRequired[list[str]]
    city: NotRequired[str]
    postal_from: NotRequired[str | None]
    postal_to: NotRequired[str | None]
    fee_cents: int
    min_order_cents: NotRequired[int]
    free_above_cents: NotRequired[int | None]
    eta_min: NotRequired[int]
    eta_max: NotRequired[int]
    is_active: NotRequired[bool]
    store_id: str


class NewSku(TypedDict):
    """One more size for a product seen at `version`."""

    version: int
    name: NotRequired[str]
    price_cents: int
    is_active: NotRequired[bool]


class OfferDocument(TypedDict):
    """A product that offers a list, with its limits."""

    product_id: str
    name: str
    min: int
    max: int


class Onboarding(TypedDict):
    """How far the business is. `needed`: the first steps are to be taken; `next` is where to go on."""

    needed: bool
    ready: bool
    next: str
    onboarded_at: str | None
    activation_mode: str
    steps: list[StepView]
    test_pix: TestPix | None
    shop_url: str | None


class OnboardingProductIn(TypedDict):
    """The first thing to sell. Its price is in centavos; pictures go to the product's own address."""

    name: str
    price_cents: int
    description: NotRequired[str]


class OpeningView(TypedDict):
    """Whether the store is open, until when, and the coming week."""

    is_open: bool
    reason: Literal["open", "paused", "exception", "outside_hours"]
    note: str
    closes_at: str | None
    next_opening: str | None
    days: list[DayView]


class Operations(TypedDict):
    """The installation at one moment."""

    at: str
    status: Literal["ok", "degraded", "down"]
    version: str
    python: str
    schema_revision: str
    processes: int
    parts: dict[str, PartState]
    queues: list[Queue]
    tasks: list[Task]
    failures: list[FailureKind]
    dead_jobs: list[DeadJob]
    running: list[RunningJob]
    workers: list[Worker]
    providers: list[Provider]
    disk: Disk
    database: DatabaseFigures
    statements: Statements
    cache: CacheFigures
    backups: BackupState


class OptionGroupIn(TypedDict):
    """A new list of options. `pricing_mode`: what several choices cost together."""

    name: str
    pricing_mode: NotRequired[Literal["sum", "highest", "average"]]
    is_active: NotRequired[bool]
    options: list[OptionIn]


class OptionGroupPatch(TypedDict):
    """Changes to a list seen at `version`; `options` replaces the whole list."""

    version: int
    name: NotRequired[str | None]
    pricing_mode: NotRequired[Literal["sum", "highest", "average"] | None]
    is_active: NotRequired[bool | None]
    options: NotRequired[list[OptionIn] | None]


class OptionIn(TypedDict):
    """An option; without `id` it is a new one. `max_per_item` is how often it may be chosen for one unit."""

    id: NotRequired[str | None]
    name: str
    price_cents: NotRequired[int]
    max_per_item: NotRequired[int]
    is_active: NotRequired[bool]


class OptionInput(TypedDict):
    """A chosen option and how many of it on each unit."""

    option_id: str
    quantity: NotRequired[int]


class OptionsIn(TypedDict):
    """Options to read the stored file with again; what is left out stays."""

    profile: NotRequired[Literal["ghl", "extended", "excel"] | None]
    default_ddd: NotRequired[str | None]
    review: NotRequired[bool | None]
    repair: NotRequired[Literal["fix", "suggest"] | None]
    dedupe: NotRequired[bool | None]
    import_tag: NotRequired[bool | None]
    sheet: NotRequired[str | None]
    all_sheets: NotRequired[bool | None]
    header_row: NotRequired[int | None]
    encoding: NotRequired[str | None]
    delimiter: NotRequired[str | None]


class OrderDocument(TypedDict):
    """An order with lines, payment and history."""

    id: str
    code: int
    status: str
    version: int
    fulfilment: str
    lines: list[OrderLineDocument]
    subtotal_cents: int
    shipping_cents: int
    total_cents: int
    customer: dict[str, Any]
    address: dict[str, Any] | None
    payment: PaymentDocument | None
    events: list[EventDocument]


class OrderLineDocument(TypedDict):
    """A line as it was sold."""

    id: str
    product_id: str
    sku_id: str
    name: str
    quantity: int
    unit_price_cents: int
    options_cents: int
    options: list[dict[str, Any]]
    total_cents: int


class Ordered(TypedDict):
    """What became of one job."""

    id: int
    outcome: OrderedOutcome


class OrderedMany(TypedDict):
    """How many jobs ended in which way. 500 are taken at once."""

    outcomes: dict[str, int]


OrderedOutcome = Literal[
    "retried",
    "cancelled",
    "abort_asked",
    "forgotten",
    "unknown",
    "not_failed",
    "waits_already",
    "over",
]


OrdersListOrdersStatus = Literal[
    "awaiting_payment",
    "received",
    "confirmed",
    "preparing",
    "ready",
    "out_for_delivery",
    "picked_up",
    "delivered",
    "completed",
    "canceled",
    "expired",
]


class OwnerInvitation(TypedDict):
    """Whom to invite as the first owner."""

    owner_email: str


class Part(TypedDict):
    """One part's state and how long the look took, in milliseconds."""

    status: Literal["ok", "degraded", "down"]
    latency_ms: float
    detail: NotRequired[str | None]


class PartState(TypedDict):
    """One part as /health tells it. `latency_ms` is how long the look took."""

    status: Literal["ok", "degraded", "down"]
    latency_ms: float
    detail: str | None


class PasswordChange(TypedDict):
    """The present password and the next one."""

    current_password: str
    new_password: str


class PauseIn(TypedDict):
    """How long no orders are taken, and what buyers read."""

    minutes: int
    reason: NotRequired[str]


class PaymentConfirmation(TypedDict):
    """Which payment arrived, and the bank's end-to-end id if at hand."""

    payment_id: str
    reference: NotRequired[str | None]


class PaymentDocument(TypedDict):
    """A payment of an order."""

    id: str
    method: str
    status: str
    amount_cents: int
    pix: PixDocument | None
    redirect_url: str | None


class PaymentIn(TypedDict):
    """The Pix key and whose account it is; an empty key means no Pix."""

    pix_key: str
    pix_receiver: NotRequired[str]


class PaymentInput(TypedDict):
    """How the buyer pays; `change_for_cents` is the note the courier must bring change for."""

    method: PaymentInputMethod
    change_for_cents: NotRequired[int | None]


PaymentInputMethod = Literal["pix", "pix_online", "card_online", "cash", "card_on_delivery", "meal_voucher"]


class PermissionView(TypedDict):
    """A permission with its words in the caller's language."""

    code: str
    label: str


class PersonCreate(TypedDict):
    """Somebody to add with a password they are told."""

    email: str
    name: str
    role: NotRequired[Literal["owner", "manager", "operator"]]
    group_id: NotRequired[str | None]
    password: str
    max_active_sessions: NotRequired[int]


class PersonIn(TypedDict):
    """A person's fields; what is left out is not touched. Telephones and CEPs are understood in any form."""

    first_name: NotRequired[str]
    last_name: NotRequired[str]
    email: NotRequired[str]
    phone: NotRequired[str]
    company: NotRequired[str]
    job_title: NotRequired[str]
    address: NotRequired[str]
    city: NotRequired[str]
    state: NotRequired[str]
    postal_code: NotRequired[str]
    country: NotRequired[str]
    source: NotRequired[str]
    tags: NotRequired[list[str]]
    additional_emails: NotRequired[list[str]]
    additional_phones: NotRequired[list[str]]
    birthday: NotRequired[str | None]
    document: NotRequired[str]
    website: NotRequired[str]
    notes: NotRequired[str]


class PersonLine(TypedDict):
    """A person in a list."""

    id: str
    first_name: str
    last_name: str
    name: str
    email: str
    phone: str
    company: str
    city: str
    state: str
    source: str
    tags: list[str]
    is_suppressed: bool
    last_activity_at: str | None
    created_at: str
    version: int


class PersonPatch(TypedDict):
    """What to change of a person; what is left out stays. `group_id` null takes them out of their group."""

    name: NotRequired[str | None]
    role: NotRequired[Literal["owner", "manager", "operator"] | None]
    group_id: NotRequired[str | None]
    is_active: NotRequired[bool | None]
    max_active_sessions: NotRequired[int | None]
    version: NotRequired[int | None]


class PersonView(TypedDict):
    """Somebody of the team."""

    id: str
    email: str
    name: str
    role: str
    group_id: str | None
    group_name: str | None
    is_active: bool
    max_active_sessions: int
    active_sessions: int
    last_login_at: str | None
    created_at: str
    version: int


class PersonalData(TypedDict):
    """Everything kept of a person, to hand over to them (LGPD, article 18)."""

    exported_at: str
    business: str
    person: dict[str, Any]
    merged_into_it: list[dict[str, Any]]
    further_keys: list[dict[str, str]]
    consents: list[dict[str, Any]]
    suppressed_as: list[str]
    activities: list[dict[str, Any]]
    changes: list[dict[str, Any]]


class PictureDocument(TypedDict):
    """A picture and its addresses; `thumb` is the smallest size."""

    id: str
    file_id: str
    alt: str
    src: str
    srcset: str
    thumb: str
    width: int
    height: int


class Pinged(TypedDict):
    """The test message that is on its way."""

    message_id: str


class PixDocument(TypedDict):
    """The code to copy, its QR, and until when it holds."""

    copy_paste: str
    qr_svg: NotRequired[str | None]
    expires_at: str | None


class PlacedDocument(TypedDict):
    """The answer to a checkout."""

    order: PlacedOrderDocument
    payment: PaymentDocument


class PlacedOrderDocument(TypedDict):
    """A new order."""

    lines: list[LineDocument]
    subtotal_cents: int
    line_discount_cents: int
    order_discount_cents: int
    shipping_cents: int
    shipping_discount_cents: int
    total_cents: int
    discounts: list[DiscountDocument]
    id: str
    code: int
    status: str
    version: int
    tracking_token: str
    tracking_url: str


class PlanCreate(TypedDict):
    """A plan: its price in centavos for each interval, its modules, its ceilings by name (see the list in
    the docs).
    """

    slug: str
    name: str
    price_cents: NotRequired[int]
    interval: NotRequired[Literal["monthly", "yearly"]]
    modules: NotRequired[list[str]]
    limits: NotRequired[dict[str, int]]
    is_active: NotRequired[bool]


class PlanLine(TypedDict):
    """A plan and how many businesses are on it. `limits` are ceilings by name; what is missing has none."""

    id: str
    slug: str
    name: str
    price_cents: int
    interval: str
    modules: list[str]
    limits: dict[str, int]
    is_active: bool
    tenants: int


class PlanPatch(TypedDict):
    """What to change of a plan; what is left out stays."""

    name: NotRequired[str | None]
    price_cents: NotRequired[int | None]
    interval: NotRequired[Literal["monthly", "yearly"] | None]
    modules: NotRequired[list[str] | None]
    limits: NotRequired[dict[str, int] | None]
    is_active: NotRequired[bool | None]


class PlanView(TypedDict):
    """What the business pays for."""

    slug: str
    name: str
    price_cents: int
    status: str


class PreviewDocument(TypedDict):
    """The breakdown and what would stand in the way right now."""

    lines: list[LineDocument]
    subtotal_cents: int
    line_discount_cents: int
    order_discount_cents: int
    shipping_cents: int
    shipping_discount_cents: int
    total_cents: int
    discounts: list[DiscountDocument]
    notices: list[dict[str, Any]]


class Problem(TypedDict):
    """A refusal (RFC 9457). `code` is stable; `title` names it, `detail` says what happened, both in the
    caller's language.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: NotRequired[list[ProblemErrorsItem]]


class ProblemErrorsItem(TypedDict):
    pointer: str
    message: str


class ProductPatch(TypedDict):
    """Changes to a product seen at `version`; what is not sent stays. `skus` and `option_groups` replace
    their lists.
    """

    version: int
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    category_id: NotRequired[str | None]
    store_id: NotRequired[str | None]
    tags: NotRequired[list[str] | None]
    availability: NotRequired[Literal["available", "order", "unavailable"] | None]
    lead_days: NotRequired[int | None]
    is_active: NotRequired[bool | None]
    price_cents: NotRequired[int | None]
    skus: NotRequired[list[SkuIn] | None]
    option_groups: NotRequired[list[LinkIn] | None]


class ProfileBody(TypedDict):
    """The legal person and its contacts; what is left out stays."""

    person_type: NotRequired[Literal["individual", "company"] | None]
    document: NotRequired[str | None]
    legal_name: NotRequired[str | None]
    trade_name: NotRequired[str | None]
    state_registration: NotRequired[str | None]
    municipal_registration: NotRequired[str | None]
    contact_name: NotRequired[str | None]
    contact_email: NotRequired[str | None]
    contact_phone: NotRequired[str | None]
    financial_name: NotRequired[str | None]
    financial_email: NotRequired[str | None]
    financial_phone: NotRequired[str | None]
    billing_address: NotRequired[AddressBody | None]


class ProfileDocument(TypedDict):
    """A mapping kept for files with the same headers."""

    id: str
    name: str
    columns: dict[str, str]
    uses: int
    last_used_at: str | None
    created_at: str


class ProfileIn(TypedDict):
    """A mapping to keep: which field each header is ("" for none)."""

    name: str
    columns: dict[str, str]


class ProfileView(TypedDict):
    """The legal person and its contacts. `document` is clean, `document_shown` as people read it."""

    person_type: Literal["individual", "company"]
    document: str
    document_shown: str
    legal_name: str
    trade_name: str
    state_registration: str
    municipal_registration: str
    contact_name: str
    contact_email: str
    contact_phone: str
    financial_name: str
    financial_email: str
    financial_phone: str
    billing_address: dict[str, str]
    version: int


class Progress(TypedDict):
    """Rows cleaned, of how many; null while that is not known."""

    rows_done: int
    rows_total: int | None


class Provider(TypedDict):
    """An outside service as this machine's processes see it. `calls` and `unanswered` since they began."""

    port: str
    name: str
    circuit: Literal["closed", "trial", "open"]
    calls: int
    unanswered: int
    last_failure_at: str | None
    last_failure: str


class PublicCategoryDocument(TypedDict):
    """A shelf; products without one come last, under a shelf without a name."""

    id: str | None
    name: str
    products: list[PublicProductDocument]


class PublicOptionDocument(TypedDict):
    """One choice."""

    id: str
    name: str
    price_cents: int
    max_per_item: int
    available: bool


class PublicOptionGroupDocument(TypedDict):
    """A list of choices with its limits on this product."""

    id: str
    name: str
    min: int
    max: int
    pricing_mode: str
    options: list[PublicOptionDocument]


class PublicProductDocument(TypedDict):
    """A product as a buyer sees it. `availability`: available, sold_out, order (days ahead) or
    unavailable.

    `price_cents` is that of the first sku; `from_price_cents` the least one can pay, mandatory options
    included.
    """

    id: str
    code: int
    name: str
    description: str
    price_cents: int
    from_price_cents: int
    availability: str
    image: ImageDocument | None
    skus: list[PublicSkuDocument]
    option_groups: list[PublicOptionGroupDocument]


class PublicSkuDocument(TypedDict):
    """A sellable variant."""

    id: str
    name: str
    price_cents: int
    available: bool


class PushCounts(TypedDict):
    """Contacts of a sending by state, and what an undo did."""

    pending: NotRequired[int]
    sent: NotRequired[int]
    retry: NotRequired[int]
    created: NotRequired[int]
    updated: NotRequired[int]
    partial: NotRequired[int]
    skipped: NotRequired[int]
    failed: NotRequired[int]


class PushDocument(TypedDict):
    """A sending with what is left: seconds until the end (None when that cannot be told) and the last
    problems.
    """

    id: str
    import_id: str
    connection_id: str
    only: Literal["all", "new", "changed", "fresh"]
    safe_mode: bool
    send_suppressed_as_dnd: bool
    status: str
    problem: str
    total: int
    counts: PushCounts
    filename: str
    account: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    resume_at: str | None
    undone_at: str | None
    eta_seconds: int | None
    tags_waiting: int
    last_problems: list[ItemProblem]
    undo: dict[str, int]


class PushIn(TypedDict):
    """What to send where. `safe_mode` looks at each contact before it is changed: slower, and it can be
    undone.
    """

    connection_id: str
    only: NotRequired[Literal["all", "new", "changed", "fresh"]]
    safe_mode: NotRequired[bool]
    send_suppressed_as_dnd: NotRequired[bool]


class PushSummary(TypedDict):
    """A sending of an import to an account."""

    id: str
    import_id: str
    connection_id: str
    only: Literal["all", "new", "changed", "fresh"]
    safe_mode: bool
    send_suppressed_as_dnd: bool
    status: str
    problem: str
    total: int
    counts: PushCounts
    filename: str
    account: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    resume_at: str | None
    undone_at: str | None


class Queue(TypedDict):
    """One queue: jobs that could run, that wait for their time, that run, that died; seconds the oldest
    could have run.
    """

    name: str
    ready: int
    scheduled: int
    running: int
    dead: int
    oldest_seconds: float


class QuoteDocument(TypedDict):
    """A freight promise."""

    quote_id: str
    fee_cents: int
    distance_km: float | None
    estimated: bool
    eta_minutes: EtaDocument
    min_order_cents: int
    free_above_cents: int | None
    expires_at: str


class QuoteRequest(TypedDict):
    """Which store delivers, and where to."""

    store_id: str
    address: AddressInput


class RecoveryCodes(TypedDict):
    """Ten codes that open the account once each. Shown this once."""

    recovery_codes: list[str]


class Removed(TypedDict):
    """Backups removed here and in the bucket, and former databases; with `dry_run`, those that would be."""

    dry_run: bool
    local: list[str]
    bucket: list[str]
    databases: list[str]


class RepeatedPerson(TypedDict):
    """Rows that were the same person, before and after they were joined."""

    row: int
    rows: list[int]
    before: list[Member]
    after: dict[str, str]


class Report(TypedDict):
    """The report of a finished import; counts balance exactly (rows_read is the sum of the others)."""

    total_rows: int
    pct_with_email: float
    pct_with_phone: float


class ResetConfirmation(TypedDict):
    """The token of the e-mailed link and the new password."""

    token: str
    password: str


class ResetRequest(TypedDict):
    """Whose password was forgotten."""

    email: str


class RestoreBackup(TypedDict):
    """Which backup, and the phrase that confirms: its name and the database's, as the list shows it."""

    backup_name: str
    confirm: str


class Retried(TypedDict):
    """How many contacts go out again."""

    count: int
    push: PushDocument


class Revoked(TypedDict):
    """How many sessions ended."""

    revoked: int


class Row(TypedDict):
    """A row of the source: what became of it and of its cells. `ref`: the row it was joined with."""

    row: int
    state: str
    ref: int | None
    codes: list[str]
    cells: list[Cell]
    person: dict[str, str]


class Rows(TypedDict):
    """Rows from a position on; `next_start` goes on, null at the end."""

    items: list[Row]
    start: int
    next_start: int | None


class RunView(TypedDict):
    """Something asked for, and what came of it."""

    id: str
    kind: Literal["create", "verify", "restore", "cleanup"]
    status: Literal["queued", "running", "done", "failed"]
    name: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    error_code: str
    report: dict[str, Any]


class RunningJob(TypedDict):
    """A job somebody works on. `tenant` is a slug; `attempts` counts the tries before this one."""

    id: int
    task: str
    queue: str
    tenant: str | None
    attempts: int
    started_at: str | None


class RunningStatement(TypedDict):
    """A statement under way, or a transaction left open; `seconds` since either began."""

    pid: int
    state: str
    seconds: float
    waits_for: str
    sql: str


class SecondFactorAgain(TypedDict):
    """The password once more; not needed within ten minutes of signing in."""

    current_password: NotRequired[str | None]


class SecondFactorSecret(TypedDict):
    """What an authenticator app needs; `otpauth_uri` is what the QR code says. Nothing is on until a code
    confirms it.
    """

    secret: str
    otpauth_uri: str


class SecondFactorState(TypedDict):
    """Whether it is on, since when, and how many recovery codes are left."""

    is_on: bool
    since: str | None
    recovery_codes_left: int


class SessionView(TypedDict):
    """A live sign-in. `device` is what the browser said, `device_label` the same for people."""

    id: str
    user_id: str
    user_name: str
    device: str
    device_label: str
    address: str
    created_at: str
    expires_at: str
    is_current: bool


class ShelfDocument(TypedDict):
    """The category a found product stands in."""

    id: str | None
    name: str


class ShiftView(TypedDict):
    """An unbroken stretch of being open, as instants."""

    starts_at: str
    ends_at: str


class SignUp(TypedDict):
    """The token of an invitation, and who takes it."""

    token: str
    name: str
    password: str


class SkuIn(TypedDict):
    """A size; without `id` it is a new one."""

    id: NotRequired[str | None]
    name: NotRequired[str]
    price_cents: int
    is_active: NotRequired[bool]


class SkuPatch(TypedDict):
    """Changes to one size of a product seen at `version`."""

    version: int
    name: NotRequired[str | None]
    price_cents: NotRequired[int | None]
    is_active: NotRequired[bool | None]


class SlowPlace(TypedDict):
    """A route or job whose statements took longer than SLOW_STATEMENT_MS, and how many did."""

    place: str
    statements: int


class SpanIn(TypedDict):
    """An interval of a weekday, 0 is Monday. Closing at or before opening is the next day's."""

    weekday: int
    opens: str
    closes: str


class Split(TypedDict):
    """Takes a row out of the group of another."""

    row: int
    from_row: int


class StatementFigures(TypedDict):
    """A statement as pg_stat_statements counts it. Times in milliseconds."""

    sql: str
    calls: int
    mean_ms: float
    total_ms: float


class Statements(TypedDict):
    """What the server is busy with, what was slow on the whole (None: it keeps no statistics), and where
    from.
    """

    running: list[RunningStatement]
    slowest: list[StatementFigures] | None
    slow_places: list[SlowPlace]
    slow_ms: int


class StatusChange(TypedDict):
    """Where to move the order, seen at which version."""

    status: StatusChangeStatus
    version: NotRequired[int | None]
    reason: NotRequired[str]


StatusChangeStatus = Literal[
    "awaiting_payment",
    "received",
    "confirmed",
    "preparing",
    "ready",
    "out_for_delivery",
    "picked_up",
    "delivered",
    "completed",
    "canceled",
    "expired",
]


class StatusTaken(TypedDict):
    """What became of the message: `applied`, or `stale` when a newer one came first. `repeat`: it was
    known.
    """

    tenant_id: str | None
    slug: str
    outcome: str
    repeat: bool


class StepView(TypedDict):
    """One step: what it lacks, and whether the shop may open without it."""

    name: str
    is_done: bool
    is_required: bool
    missing: list[str]
    values: dict[str, Any]


class StockChanged(TypedDict):
    """The item after a change. `affected_orders` were promised more than is left, after a forced count."""

    id: str
    store_id: str
    store_name: str
    product_id: str | None
    sku_id: str | None
    option_id: str | None
    name: str
    track: Literal["none", "quantity", "daily"]
    on_hand: int
    reserved: int
    available: int | None
    shortfall: int
    daily_quota: int | None
    low_threshold: int
    is_low: bool
    is_out: bool
    version: int
    affected_orders: list[AffectedOrder]


class StockItemView(TypedDict):
    """A sellable thing in one store. Without counting `available` is null: it can always be bought."""

    id: str
    store_id: str
    store_name: str
    product_id: str | None
    sku_id: str | None
    option_id: str | None
    name: str
    track: Literal["none", "quantity", "daily"]
    on_hand: int
    reserved: int
    available: int | None
    shortfall: int
    daily_quota: int | None
    low_threshold: int
    is_low: bool
    is_out: bool
    version: int


class StoreDocument(TypedDict):
    """A store and its open state."""

    id: str
    slug: str
    name: str
    is_open: bool
    next_opening: str | None
    fulfilments: list[str]
    payment_methods: list[str]
    address: dict[str, Any]
    phone: str
    sla_minutes: int
    timezone: str


class StoreFields(TypedDict):
    """What may be set on a store. Fields left out stay as they are. Without coordinates they are found by
    the address.
    """

    name: NotRequired[str | None]
    slug: NotRequired[str | None]
    description: NotRequired[str | None]
    position: NotRequired[int | None]
    is_active: NotRequired[bool | None]
    timezone: NotRequired[str | None]
    phone: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    number: NotRequired[str | None]
    complement: NotRequired[str | None]
    district: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]
    accepts_delivery: NotRequired[bool | None]
    accepts_pickup: NotRequired[bool | None]
    preparation_minutes: NotRequired[int | None]
    payment_methods: NotRequired[list[str] | None]
    pix_key: NotRequired[str | None]
    pix_receiver: NotRequired[str | None]
    pix_minutes: NotRequired[int | None]
    preorder: NotRequired[bool | None]
    lead_minutes: NotRequired[int | None]
    max_days_ahead: NotRequired[int | None]
    slot_minutes: NotRequired[int | None]
    slot_capacity: NotRequired[int | None]
    accept_minutes: NotRequired[int | None]
    auto_accept: NotRequired[bool | None]
    distance_factor_percent: NotRequired[int | None]


class StorePatch(TypedDict):
    """Changes to a store, with the version they were made on."""

    name: NotRequired[str | None]
    slug: NotRequired[str | None]
    description: NotRequired[str | None]
    position: NotRequired[int | None]
    is_active: NotRequired[bool | None]
    timezone: NotRequired[str | None]
    phone: NotRequired[str | None]
    postal_code: NotRequired[str | None]
    street: NotRequired[str | None]
    number: NotRequired[str | None]
    complement: NotRequired[str | None]
    district: NotRequired[str | None]
    city: NotRequired[str | None]
    state: NotRequired[str | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]
    accepts_delivery: NotRequired[bool | None]
    accepts_pickup: NotRequired[bool | None]
    preparation_minutes: NotRequired[int | None]
    payment_methods: NotRequired[list[str] | None]
    pix_key: NotRequired[str | None]
    pix_receiver: NotRequired[str | None]
    pix_minutes: NotRequired[int | None]
    preorder: NotRequired[bool | None]
    lead_minutes: NotRequired[int | None]
    max_days_ahead: NotRequired[int | None]
    slot_minutes: NotRequired[int | None]
    slot_capacity: NotRequired[int | None]
    accept_minutes: NotRequired[int | None]
    auto_accept: NotRequired[bool | None]
    distance_factor_percent: NotRequired[int | None]
    version: int


class StoreView(TypedDict):
    """A store as its owner sees it."""

    id: str
    slug: str
    name: str
    description: str
    position: int
    is_active: bool
    timezone: str
    phone: str
    postal_code: str
    street: str
    number: str
    complement: str
    district: str
    city: str
    state: str
    latitude: float | None
    longitude: float | None
    accepts_delivery: bool
    accepts_pickup: bool
    preparation_minutes: int
    payment_methods: list[str]
    pix_key: str
    pix_receiver: str
    pix_minutes: int
    preorder: bool
    lead_minutes: int
    max_days_ahead: int
    slot_minutes: int
    slot_capacity: int | None
    accept_minutes: int
    auto_accept: bool
    distance_factor_percent: int
    settings_version: int
    version: int


class StoresDocument(TypedDict):
    """The stores of a business. After `fresh_until` the clock alone may have opened or closed one."""

    items: list[StoreDocument]
    total: int
    limit: int
    offset: int
    fresh_until: str


class SubscriptionBody(TypedDict):
    """The plan of a business and its state. Dates that are left out are emptied."""

    plan: str
    status: SubscriptionBodyStatus
    current_period_end: NotRequired[str | None]
    trial_end_at: NotRequired[str | None]
    cancel_at: NotRequired[str | None]


SubscriptionBodyStatus = Literal["trialing", "active", "past_due", "canceled", "suspended"]


class SuppressDone(TypedDict):
    """What came of it. `refused` holds the first lines nothing was understood of."""

    added: int
    already: int
    refused_total: int
    refused: list[str]


class SuppressIn(TypedDict):
    """Whom not to contact: one a line, e-mails, @domains, telephones and CPFs in any form."""

    lines: str
    reason: NotRequired[str]
    hash_only: NotRequired[bool]


class SuppressionView(TypedDict):
    """A line of the list. `value` is empty when only its digest was kept."""

    id: str
    kind: Literal["email", "phone", "domain", "cpf"]
    value: str
    reason: str
    source: str
    created_at: str


class SwitchOff(TypedDict):
    """Password and code, so that an open browser is not enough."""

    password: str
    code: str


class SwitchView(TypedDict):
    """A module for one business: in its plan, switched by the platform or left to the plan, and on right
    now.
    """

    name: str
    title: str
    in_plan: bool
    switch: Literal["on", "off", "plan"]
    is_on: bool


class SwitchesBody(TypedDict):
    """Modules by name: `on` or `off` whatever the plan says, `plan` to leave it to the plan."""

    modules: dict[str, Literal["on", "off", "plan"]]


class TableIn(TypedDict):
    """The whole delivery table of a store."""

    store_id: str
    areas: list[TableRow]


class TableRow(TypedDict):
    """A row of the whole table; with its `id` when it was there before."""

    kind: Literal["km", "district", "postal_range"]
    name: NotRequired[str]
    priority: NotRequired[int]
    metres_min: NotRequired[int | None]
    metres_max: NotRequired[int | None]
    districts: NotRequired[list[str]]
    city: NotRequired[str]
    postal_from: NotRequired[str | None]
    postal_to: NotRequired[str | None]
    fee_cents: int
    min_order_cents: NotRequired[int]
    free_above_cents: NotRequired[int | None]
    eta_min: NotRequired[int]
    eta_max: NotRequired[int]
    is_active: NotRequired[bool]
    id: NotRequired[str | None]


class TagView(TypedDict):
    """A tag and how many people have it."""

    tag: str
    people: int


class TagsChanged(TypedDict):
    """How many people have other tags than before."""

    changed: int


class TagsIn(TypedDict):
    """Tags to put on people and to take off them."""

    ids: list[str]
    add: NotRequired[list[str]]
    remove: NotRequired[list[str]]


class Task(TypedDict):
    """Jobs of one task the queue still knows, by status."""

    task: str
    waiting: int
    running: int
    failed: int
    succeeded: int


class Team(TypedDict):
    """People of a business, and who was invited."""

    items: list[PersonView]
    total: int
    limit: int
    offset: int
    invitations: list[InvitationView]


class TeamAreaView(TypedDict):
    """A part of a module and what may be allowed in it."""

    module: str
    module_title: str
    area: str
    area_title: str
    permissions: list[PermissionView]


class TenantCreate(TypedDict):
    """A business to make. Its owner gets an invitation by e-mail and signs up with it."""

    slug: str
    name: str
    plan: str
    owner_email: str
    trial_end_at: NotRequired[str | None]
    users_limit: NotRequired[int | None]
    stores_limit: NotRequired[int | None]
    profile: NotRequired[ProfileBody | None]


class TenantDetail(TypedDict):
    """A business whole: itself, its paper side, how it came here."""

    tenant: TenantLine
    profile: ProfileView
    onboarding_origin: str
    activation_mode: str
    payment_provider: str
    payment_reference: str
    activated_at: str | None
    onboarded_at: str | None


class TenantLine(TypedDict):
    """A business in the list, with its plan and how much it uses."""

    id: str
    slug: str
    name: str
    status: str
    custom_host: str | None
    users_limit: int
    stores_limit: int | None
    users_active: int
    created_at: str
    last_login_at: str | None
    plan: str | None
    plan_name: str | None
    price_cents: int | None
    subscription_status: TenantLineSubscriptionStatus | None
    past_due_since: str | None
    trial_end_at: str | None
    current_period_end: str | None
    cancel_at: str | None


TenantLineSubscriptionStatus = Literal["trialing", "active", "past_due", "canceled", "suspended"]


class TenantPatch(TypedDict):
    """What to change of a business; what is left out stays. `custom_host` and `stores_limit` may be null:
    none.
    """

    slug: NotRequired[str | None]
    name: NotRequired[str | None]
    status: NotRequired[Literal["active", "suspended", "canceled"] | None]
    custom_host: NotRequired[str | None]
    users_limit: NotRequired[int | None]
    stores_limit: NotRequired[int | None]
    profile: NotRequired[ProfileBody | None]


class TestPix(TypedDict):
    """A Pix of one centavo to the key, to try it with."""

    copy_paste: str
    qr_svg: str


class TokenIn(TypedDict):
    """A private integration token and the sub-account it is for. The token is stored sealed and never
    shown again.
    """

    location_id: str
    token: str


class TrackingIn(TypedDict):
    """How the item is counted: not at all, by quantity, or by a quota that begins anew each day."""

    track: Literal["none", "quantity", "daily"]
    daily_quota: NotRequired[int | None]
    low_threshold: NotRequired[int]
    version: NotRequired[int | None]


class TrailLine(TypedDict):
    """One entry of a business's audit trail, with the name of whoever did it."""

    at: str
    who: str
    impersonator: str | None
    verb: str
    entity: str
    entity_id: str
    before: dict[str, Any]
    after: dict[str, Any]


class TrialAddress(TypedDict):
    """Where to; coordinates spare the search for the point."""

    postal_code: NotRequired[str]
    street: NotRequired[str]
    number: NotRequired[str]
    district: NotRequired[str]
    city: NotRequired[str]
    state: NotRequired[str]
    lat: NotRequired[float | None]
    lng: NotRequired[float | None]


class TrialIn(TypedDict):
    """An address to try."""

    store_id: str
    address: TrialAddress


class TrialView(TypedDict):
    """What the address would pay, or why nobody goes there."""

    area: AdminShippingAreaView | None
    metres: int | None
    reason: Literal["out_of_area", "address_not_found"] | None


class TryView(TypedDict):
    """One try: the answer's status, or why there was none, and the beginning of what was said."""

    at: str
    status_code: int | None
    problem: str
    excerpt: str
    duration_ms: int


class WarningView(TypedDict):
    """Something to look at that does not keep the table from being saved."""

    code: str
    message: str
    area_id: str | None
    other_id: str | None


class WebhooksAgain(TypedDict):
    """Send again what failed or was put aside since then; without a moment, all of it."""

    since: NotRequired[str | None]


class WebhooksAsked(TypedDict):
    """How many deliveries are on their way."""

    asked: int


class WeekIn(TypedDict):
    """The whole week; an empty list means always open."""

    hours: list[WeekdayInterval]


class WeekdayInterval(TypedDict):
    """An interval of a weekday, 0 is Monday."""

    opens: str
    closes: str
    weekday: int


class Worker(TypedDict):
    """A worker's line to the queue: when it was last heard of, and how many jobs it holds."""

    id: int
    seen_at: str
    jobs: int
