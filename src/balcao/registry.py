"""The list: which modules the installation has, which providers answer, and how a process is put together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import MetaData

from balcao.kernel import idempotency
from balcao.kernel.backups import models as backup_models
from balcao.kernel.backups.archive import archive_caught_up
from balcao.kernel.backups.catalogue import newest_verified_here
from balcao.kernel.backups.maintenance import Maintenance
from balcao.kernel.backups.shelf import Shelf
from balcao.kernel.bulletin import Bulletin
from balcao.kernel.cache import Cache
from balcao.kernel.clock import Clock, system_clock
from balcao.kernel.db import audit_trail
from balcao.kernel.db.engine import Database
from balcao.kernel.db.models import Base
from balcao.kernel.db.preflight import plain_url
from balcao.kernel.db.replica import Replica
from balcao.kernel.errors import DomainError
from balcao.kernel.events import Reactions
from balcao.kernel.figures.on_disk import DiskFigures
from balcao.kernel.figures.process import ProcessFigures
from balcao.kernel.files import models as file_models
from balcao.kernel.files.blobs import BlobStore, local_blobs, s3_blobs
from balcao.kernel.i18n import Catalogues
from balcao.kernel.identity import models as identity_models
from balcao.kernel.identity.tokens import SigningKeys
from balcao.kernel.jobs import failures as failure_tables
from balcao.kernel.jobs import reactions as reaction_tables
from balcao.kernel.module import Module
from balcao.kernel.providers import Providers, measured
from balcao.kernel.rate_limit import RateLimiter
from balcao.kernel.runtime import Runtime, connect_caches, connect_replica, known_permissions
from balcao.kernel.settings import Settings
from balcao.kernel.tenants import TenantDirectory
from balcao.kernel.work import Transactions
from balcao.modules.admin.module import MODULE as ADMIN
from balcao.modules.contacts.module import MODULE as CONTACTS
from balcao.modules.messaging.module import MODULE as MESSAGING
from balcao.modules.payments.module import MODULE as PAYMENTS
from balcao.modules.store.module import MODULE as STORE
from balcao.ports.channels import Channel
from balcao.ports.crm import Crm
from balcao.ports.email import EmailSender
from balcao.ports.places import Places
from balcao.ports.webhooks import WebhookSender
from balcao.providers.email.mailbox import Mailbox
from balcao.providers.payments.pix_static import PixStatic
from balcao.providers.places.embedded import EmbeddedPlaces
from balcao.providers.webhooks.addresses import networks_of
from balcao.providers.webhooks.direct import DirectWebhooks

MODULES: tuple[Module, ...] = (CONTACTS, PAYMENTS, MESSAGING, STORE, ADMIN)
# Modules bring their own tables; these are the kernel's.
KERNEL_TABLES = (
    audit_trail, backup_models, idempotency, file_models, identity_models, reaction_tables, failure_tables,
)  # fmt: skip
KERNEL_LOCALE = Path(__file__).parent / "kernel" / "locale"


def all_metadata() -> MetaData:
    """The tables of kernel and modules, for migrations and the drift check."""
    return Base.metadata


def email_provider(settings: Settings) -> EmailSender:
    """The chosen sender of e-mail."""
    if settings.email_provider == "smtp":
        from balcao.kernel.secrets.loading import open_secrets
        from balcao.providers.email.smtp import SmtpSender
        from balcao.providers.email.smtp_fresh_password import FreshPasswordSmtp

        sender = SmtpSender(
            host=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value(),
            security=settings.smtp_security,
            from_address=settings.email_from,
            from_name=settings.email_from_name,
        )
        return FreshPasswordSmtp(sender, open_secrets(settings))
    return Mailbox()


def places_provider(settings: Settings) -> Places:
    """The chosen source of addresses."""
    if settings.places_provider == "viacep":
        from balcao.providers.places.viacep import ViaCep

        return ViaCep()
    return EmbeddedPlaces()


def webhook_sender(settings: Settings) -> WebhookSender:
    """Who carries webhooks to the programs of the businesses."""
    return DirectWebhooks(
        plain_http=settings.env == "development",
        networks=networks_of(settings.listed(settings.webhook_networks)),
    )


def crm_providers(settings: Settings) -> dict[str, Crm]:
    """The CRMs a business may connect, by name."""
    from balcao.providers.crm.gohighlevel import GoHighLevel
    from balcao.providers.crm.gohighlevel_sign_in import GoHighLevelSignIn

    sign_in = None
    if settings.ghl_client_id and settings.ghl_client_secret.get_secret_value():
        sign_in = GoHighLevelSignIn(
            settings.ghl_base_url,
            client_id=settings.ghl_client_id,
            client_secret=settings.ghl_client_secret,
            consent_url=settings.ghl_consent_url,
        )
    crm = GoHighLevel(settings.ghl_base_url, version=settings.ghl_api_version, sign_in=sign_in)
    return {crm.name: crm}


def channel_providers(settings: Settings) -> dict[str, Channel]:
    """The messengers a business may be reached by, by name."""
    from balcao.providers.channels.telegram import Telegram
    from balcao.providers.channels.whatsapp import WhatsApp

    whatsapp = WhatsApp(settings.whatsapp_base_url, version=settings.whatsapp_api_version)
    return {whatsapp.name: whatsapp, Telegram.name: Telegram(settings.telegram_base_url)}


def blob_store(settings: Settings) -> BlobStore:
    """The chosen place of files."""
    if settings.storage_backend == "s3":
        return s3_blobs(
            settings.s3_bucket,
            region=settings.s3_region,
            endpoint=settings.s3_endpoint,
            access_key_id=settings.s3_access_key_id,
            secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        )
    return local_blobs(settings.media_path)


def _constraint_errors() -> dict[str, Callable[[], DomainError]]:
    return {name: make for module in MODULES for name, make in module.constraint_errors.items()}


def after_restore() -> dict[str, str]:
    """What modules want done in a restored database before it goes live."""
    return {name: statement for module in MODULES for name, statement in module.after_restore.items()}


def _disk_figures(settings: Settings) -> DiskFigures:
    shelf = Shelf(settings.backup_path)
    return DiskFigures(
        lambda: newest_verified_here(shelf),
        settings.tls_certificate_file,
        lambda: archive_caught_up(settings.backup_path),
    )


def _replica(settings: Settings, primary_url: str) -> Replica:
    pool, overflow = settings.database_pool_size, settings.database_pool_overflow
    copy = Database(plain_url(settings.database_read_url), pool_size=pool, overflow=overflow)
    return Replica(primary_url, copy, max_lag_seconds=settings.database_read_max_lag_seconds)


def build_runtime(settings: Settings, database_url: str, *, clock: Clock = system_clock) -> Runtime:
    """One process of the installation on the given database. `settings.auth_secret` must be set.

    `database_url` leads to the server itself; requests take the pooler of the settings, when there is one.
    """
    database = Database(
        plain_url(settings.database_url) if settings.database_direct_url else database_url,
        pool_size=settings.database_pool_size,
        overflow=settings.database_pool_overflow,
        direct_url=database_url,
        prepares=settings.database_pooler != "transaction",
    )
    bulletin = Bulletin(database_url)
    if settings.database_read_url:
        database.replica = _replica(settings, database_url)
        connect_replica(bulletin, database.replica)
    reactions = Reactions(reaction for module in MODULES for reaction in module.reactions)
    tenants = TenantDirectory(database)
    cache = Cache(max_bytes=settings.cache_bytes, redis_url=settings.redis_url)
    connect_caches(bulletin, cache, tenants)
    return Runtime(
        settings=settings,
        clock=clock,
        database=database,
        bulletin=bulletin,
        transactions=Transactions(
            database,
            bulletin,
            reactions,
            constraint_errors=_constraint_errors(),
            clock=clock,
            statement_timeout_ms=settings.database_statement_timeout_ms,
        ),
        tenants=tenants,
        cache=cache,
        limiter=RateLimiter(
            scale=settings.rate_limit_scale, redis_url=settings.rate_limit_redis_url or settings.redis_url
        ),
        blobs=blob_store(settings),
        catalogues=Catalogues([KERNEL_LOCALE, *(module.locale for module in MODULES)]),
        keys=SigningKeys(
            settings.auth_secret.get_secret_value(),
            settings.former_secrets,
            algorithm=settings.auth_algorithm,
        ),
        modules=MODULES,
        providers=Providers(
            email=measured("email", email_provider(settings)),
            places=measured("places", places_provider(settings)),
            pix=measured("payments", PixStatic()),
            webhooks=measured("webhooks", webhook_sender(settings)),
            crm={name: measured("crm", crm) for name, crm in crm_providers(settings).items()},
            channels={
                name: measured("channels", channel) for name, channel in channel_providers(settings).items()
            },
        ),
        permissions=known_permissions(MODULES),
        figures=ProcessFigures(database, cache, bulletin, settings.data_dir, _disk_figures(settings)),
        maintenance=Maintenance(database, bulletin),
    )
