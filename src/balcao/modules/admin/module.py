"""Signing in, the team, and the settings of a business."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission, RouteClass
from balcao.kernel.tenant_secrets import SealedColumn
from balcao.modules.admin.api.api_keys import router as api_keys
from balcao.modules.admin.api.audit import router as audit
from balcao.modules.admin.api.auth import router as auth
from balcao.modules.admin.api.backups import router as backups
from balcao.modules.admin.api.billing import router as billing
from balcao.modules.admin.api.central import router as central
from balcao.modules.admin.api.central_channels import router as central_channels
from balcao.modules.admin.api.central_plans import router as central_plans
from balcao.modules.admin.api.onboarding import router as onboarding
from balcao.modules.admin.api.operations import router as operations
from balcao.modules.admin.api.second_factor import router as second_factor
from balcao.modules.admin.api.team import router as team
from balcao.modules.admin.api.webhooks import router as webhooks
from balcao.modules.admin.backup_jobs import nightly_backup, run_backup, start_restore, watch_backups
from balcao.modules.admin.file_sweeping import sweep_files
from balcao.modules.admin.models import WebhookDelivery
from balcao.modules.admin.pages.account import router as account_pages
from balcao.modules.admin.pages.api_docs import router as api_docs
from balcao.modules.admin.pages.api_keys import router as api_keys_pages
from balcao.modules.admin.pages.audit import router as audit_pages
from balcao.modules.admin.pages.backups import router as backups_pages
from balcao.modules.admin.pages.billing import router as billing_pages
from balcao.modules.admin.pages.central import router as central_pages
from balcao.modules.admin.pages.central_channels import router as central_channel_pages
from balcao.modules.admin.pages.central_plans import router as central_plan_pages
from balcao.modules.admin.pages.central_tenant import router as central_tenant_pages
from balcao.modules.admin.pages.groups import router as group_pages
from balcao.modules.admin.pages.home import router as home
from balcao.modules.admin.pages.onboarding import router as onboarding_pages
from balcao.modules.admin.pages.operations import router as operations_pages
from balcao.modules.admin.pages.second_factor import router as second_factor_pages
from balcao.modules.admin.pages.sign_in import router as sign_in_pages
from balcao.modules.admin.pages.team import router as team_pages
from balcao.modules.admin.pages.webhooks import router as webhook_pages
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
    gated=False,
    sealed=(
        SealedColumn.always("webhook_endpoints", "sealed_secret", WEBHOOK_SECRET),
        SealedColumn.always("webhook_endpoints", "sealed_previous", WEBHOOK_SECRET),
    ),
    route_classes=(RouteClass("POST", "/billing/webhook/*", "billing"),),
    routers=(
        auth,
        second_factor,
        api_keys,
        audit,
        team,
        backups,
        operations,
        webhooks,
        onboarding,
        billing,
        central,
        central_plans,
        central_channels,
    ),
    pages=(
        home,
        api_docs,
        sign_in_pages,
        account_pages,
        second_factor_pages,
        api_keys_pages,
        audit_pages,
        team_pages,
        group_pages,
        operations_pages,
        backups_pages,
        webhook_pages,
        onboarding_pages,
        billing_pages,
        central_pages,
        central_plan_pages,
        central_tenant_pages,
        central_channel_pages,
    ),
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
