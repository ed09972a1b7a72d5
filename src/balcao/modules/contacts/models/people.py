"""The people a business knows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from balcao.kernel.db.models import Stamped, TenantModel, Versioned, tenant_fk


def _text(default: str = "") -> Mapped[str]:
    return mapped_column(server_default=default, default=default)


class Contact(TenantModel, Stamped, Versioned):
    """A person. An e-mail belongs to one person of a business, and so does a mobile; a landline may be shared.

    `phone_key` is country + area code + last eight digits, so that old and new forms of a mobile meet. Texts that are
    unknown are empty, never null. `extra` keeps what has no column of its own. `import_id` is the import that made the
    row. A merged person stays as a row that points to the other (`merged_into`) and holds no keys.
    """

    __tablename__ = "contacts"
    first_name: Mapped[str] = _text()
    last_name: Mapped[str] = _text()
    name_key: Mapped[str] = _text()
    email: Mapped[str] = _text()
    phone: Mapped[str] = _text()
    phone_key: Mapped[str] = _text()
    phone_kind: Mapped[str] = _text()
    company: Mapped[str] = _text()
    job_title: Mapped[str] = _text()
    address: Mapped[str] = _text()
    city: Mapped[str] = _text()
    state: Mapped[str] = _text()
    postal_code: Mapped[str] = _text()
    country: Mapped[str] = _text()
    source: Mapped[str] = _text()
    tags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    additional_emails: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    additional_phones: Mapped[list[str]] = mapped_column(server_default=text("'{}'"), default=list)
    birthday: Mapped[date | None] = mapped_column(Date())
    document: Mapped[str] = _text()
    website: Mapped[str] = _text()
    notes: Mapped[str] = _text()
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    import_id: Mapped[UUID | None]
    merged_into: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        Index(
            "uq_contacts_email",
            "tenant_id",
            "email",
            unique=True,
            postgresql_where=text("email <> '' and merged_into is null"),
        ),
        Index(
            "uq_contacts_phone_key",
            "tenant_id",
            "phone_key",
            unique=True,
            postgresql_where=text("phone_key <> '' and phone_kind <> 'landline' and merged_into is null"),
        ),
        Index(
            "ix_contacts_landline",
            "tenant_id",
            "phone_key",
            "name_key",
            "id",
            postgresql_where=text("phone_kind = 'landline'"),
        ),
        # Those of whom nothing is known but the name, for recognising them in the next file.
        Index(
            "ix_contacts_name_only",
            "tenant_id",
            "name_key",
            "city",
            "company",
            "id",
            postgresql_where=text("email = '' and phone_key = ''"),
        ),
        # Finds beginnings of names and gives their order under any collation; holds only those who are listed.
        Index(
            "ix_contacts_name",
            "tenant_id",
            "name_key",
            "id",
            postgresql_ops={"name_key": "text_pattern_ops"},
            postgresql_where=text("merged_into is null and erased_at is null"),
        ),
        Index("ix_contacts_document", "tenant_id", "document", postgresql_where=text("document <> ''")),
        Index(
            "ix_contacts_merged",
            "tenant_id",
            "merged_into",
            postgresql_where=text("merged_into is not null"),
        ),
        tenant_fk("merged_into", "contacts"),
        CheckConstraint("phone_kind in ('', 'mobile', 'landline', 'foreign')", name="phone_kind"),
        CheckConstraint("(phone = '') = (phone_key = '')", name="phone_key"),
    )


class ContactKey(TenantModel):
    """A further way to recognise a person: second e-mails and telephones, a document, an id in another system."""

    __tablename__ = "contact_keys"
    contact_id: Mapped[UUID]
    kind: Mapped[str]
    value: Mapped[str]
    __table_args__ = (
        tenant_fk("contact_id", "contacts", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "kind", "value", "contact_id"),
        Index("ix_contact_keys_contact", "tenant_id", "contact_id"),
        CheckConstraint("kind in ('email', 'phone', 'document', 'external', 'ghl')", name="kind"),
    )


class ContactActivity(TenantModel):
    """Something that happened with a person, told by any module: an order, an import, a message.

    `title` is an English msgid; `arguments` fills its braces. `link` is a page of the panel.
    """

    __tablename__ = "contact_activities"
    contact_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    subject_id: Mapped[UUID | None]
    amount_cents: Mapped[int | None]
    link: Mapped[str] = _text()
    at: Mapped[datetime]
    dedupe_key: Mapped[str]
    __table_args__ = (
        tenant_fk("contact_id", "contacts", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "dedupe_key"),
        Index("ix_contact_activities_contact", "tenant_id", "contact_id", "at"),
    )


class ContactConsent(TenantModel):
    """What a person said about being written to, channel by channel; the newest row of a channel counts (LGPD, art. 8)."""

    __tablename__ = "contact_consents"
    contact_id: Mapped[UUID]
    channel: Mapped[str]
    status: Mapped[str]
    source: Mapped[str]
    evidence: Mapped[str] = _text()
    actor: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        tenant_fk("contact_id", "contacts", ondelete="CASCADE"),
        Index("ix_contact_consents_contact", "tenant_id", "contact_id", "at"),
        CheckConstraint("channel in ('all', 'whatsapp', 'email', 'sms', 'phone')", name="channel"),
        CheckConstraint("status in ('granted', 'withdrawn')", name="status"),
    )


class ContactChange(TenantModel):
    """The image of a person before a change, so that the change can be undone and seen. Names no other table's row by
    key: it outlives what it tells of. `after_version` is the person's version once changed: another one means touched since.
    """

    __tablename__ = "contact_changes"
    contact_id: Mapped[UUID]
    import_id: Mapped[UUID | None]
    kind: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"), default=dict)
    after_version: Mapped[int]
    actor: Mapped[str]
    at: Mapped[datetime]
    __table_args__ = (
        Index("ix_contact_changes_contact", "tenant_id", "contact_id", "at"),
        Index(
            "ix_contact_changes_import",
            "tenant_id",
            "import_id",
            postgresql_where=text("import_id is not null"),
        ),
        CheckConstraint("kind in ('import', 'edit', 'merge', 'undo', 'erase')", name="kind"),
    )


class Suppression(TenantModel, Stamped):
    """Who must not be contacted. `digest` is keyed with the tenant (see suppressions.py); `value` may be left empty, so
    that a person who was erased is still recognised without being known.
    """

    __tablename__ = "suppressions"
    kind: Mapped[str]
    digest: Mapped[str]
    value: Mapped[str] = _text()
    reason: Mapped[str] = _text()
    source: Mapped[str]
    actor: Mapped[str]
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "digest"),
        CheckConstraint("kind in ('email', 'phone', 'domain', 'cpf')", name="kind"),
    )
