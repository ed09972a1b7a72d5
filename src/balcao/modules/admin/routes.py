"""What the module answers by HTTP: the API's routers and the pages, read when an application is made of them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

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

ROUTERS: Final[tuple[APIRouter, ...]] = (
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
)
PAGES: Final[tuple[APIRouter, ...]] = (
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
)
