"""Signing in, the team, and the settings of a business."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission, RouteClass
from balcao.kernel.tenant_secrets import SealedColumn
from balcao.modules.admin.backup_jobs import nightly_backup, run_backup, start_restore, watch_backups
from balcao.modules.admin.file_sweeping import sweep_files
from balcao.modules.admin.models import WebhookDelivery
from balcao.modules.admin.task_words import TASK_WORDS
from balcao.modules.admin.webhook_figures import FIGURES as WEBHOOK_FIGURES
from balcao.modules.admin.webhook_forgetting import forget_deleted_person, forget_erased_person
from balcao.modules.admin.webhook_jobs import SECRET as WEBHOOK_SECRET
from balcao.modules.admin.webhook_jobs import forget_webhooks, send_webhook
from balcao.modules.admin.webhook_telling import (
    tell_of_changed_person,
    tell_of_deleted_person,
    tell_of_erased_person,
    tell_of_low_stock,
    tell_of_merged_people,
    tell_of_new_order,
    tell_of_new_person,
    tell_of_order_status,
    tell_of_pause,
    tell_of_payment,
    tell_of_products,
)

MODULE = Module(
    name="admin",
    title="Team",
    folder=Path(__file__).parent,
    routes="balcao.modules.admin.routes",
    gated=False,
    sealed=(
        SealedColumn.always("webhook_endpoints", "sealed_secret", WEBHOOK_SECRET),
        SealedColumn.always("webhook_endpoints", "sealed_previous", WEBHOOK_SECRET),
    ),
    route_classes=(RouteClass("POST", "/billing/webhook/*", "billing"),),
    jobs=(
        nightly_backup,
        watch_backups,
        run_backup,
        start_restore,
        send_webhook,
        forget_webhooks,
        sweep_files,
    ),
    reactions=(
        tell_of_new_order,
        tell_of_order_status,
        tell_of_payment,
        tell_of_low_stock,
        tell_of_products,
        tell_of_pause,
        tell_of_new_person,
        tell_of_changed_person,
        tell_of_merged_people,
        tell_of_erased_person,
        tell_of_deleted_person,
        forget_erased_person,
        forget_deleted_person,
    ),
    task_words=TASK_WORDS,
    metrics=(WEBHOOK_FIGURES,),
    after_restore={
        "webhooks_held": f"update {WebhookDelivery.__tablename__} set status = 'held' where status = 'waiting'"  # noqa: S608 - our own table's name
    },
    permissions=(
        Permission("admin.team:view", "See the team"),
        Permission("admin.team:edit", "Change people, groups and sessions"),
        Permission("admin.audit:view", "See the trail of changes"),
        Permission("admin.api_keys:view", "See API keys"),
        Permission("admin.api_keys:edit", "Make and revoke API keys"),
        Permission("admin.onboarding:edit", "Take the first steps of the business"),
        Permission("admin.webhooks:view", "See webhooks and what was sent"),
        Permission("admin.webhooks:edit", "Change webhooks and send again"),
        Permission("admin.operations:view", "See how the installation runs", of_platform=True),
        Permission("admin.operations:edit", "Retry and cancel jobs of the installation", of_platform=True),
        Permission("admin.billing:view", "See one's own plan and billing profile"),
        Permission("admin.billing:edit", "Change the billing profile"),
        Permission(
            "admin.central:view", "See businesses, plans and billing of the installation", of_platform=True
        ),
        Permission("admin.central:edit", "Change businesses and plans of the installation", of_platform=True),
        Permission("admin.central:impersonate", "Enter a business as support", of_platform=True),
        Permission("admin.backups:view", "See backups of the installation", of_platform=True),
        Permission(
            "admin.backups:edit", "Make, verify and restore backups of the installation", of_platform=True
        ),
    ),
    nav=(
        NavItem("Overview", "/central", "layout-dashboard", "admin.central:view", -6),
        NavItem("Businesses", "/central/negocios", "store", "admin.central:view", -5),
        NavItem("Plans", "/central/planos", "tag", "admin.central:view", -4),
        NavItem("Billing", "/central/cobranca", "receipt-text", "admin.central:view", -1),
        NavItem("Subscription", "/painel/assinatura", "wallet", "admin.billing:view", 85, of_shop=True),
        NavItem("Team", "/painel/equipe", "users", "admin.team:view", 80),
        NavItem("Operations", "/central/operacoes", "trending-up", "admin.operations:view", -3),
        NavItem("Backups", "/central/backups", "undo-2", "admin.backups:view", -2),
        NavItem("Webhooks", "/painel/webhooks", "link", "admin.webhooks:view", 85, every_store=True),
        NavItem("API keys", "/painel/chaves", "lock", "admin.api_keys:view", 83),
        NavItem("Trail of changes", "/painel/auditoria", "eye", "admin.audit:view", 86),
        NavItem("Your account", "/painel/conta", "key-round", "", 95),
    ),
)
