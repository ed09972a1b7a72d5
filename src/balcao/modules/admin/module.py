"""Signing in, the team, and the settings of a business."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission
from balcao.modules.admin.api.auth import router as auth
from balcao.modules.admin.api.backups import router as backups
from balcao.modules.admin.api.team import router as team
from balcao.modules.admin.backup_jobs import nightly_backup, run_backup, start_restore, watch_backups
from balcao.modules.admin.pages.account import router as account_pages
from balcao.modules.admin.pages.api_docs import router as api_docs
from balcao.modules.admin.pages.groups import router as group_pages
from balcao.modules.admin.pages.home import router as home
from balcao.modules.admin.pages.sign_in import router as sign_in_pages
from balcao.modules.admin.pages.team import router as team_pages

MODULE = Module(
    name="admin",
    title="Team",
    folder=Path(__file__).parent,
    gated=False,
    routers=(auth, team, backups),
    pages=(home, api_docs, sign_in_pages, account_pages, team_pages, group_pages),
    jobs=(nightly_backup, watch_backups, run_backup, start_restore),
    permissions=(
        Permission("admin.team:view", "See the team"),
        Permission("admin.team:edit", "Change people, groups and sessions"),
        Permission("admin.backups:view", "See backups of the installation", of_platform=True),
        Permission(
            "admin.backups:edit", "Make, verify and restore backups of the installation", of_platform=True
        ),
    ),
    nav=(
        NavItem("Team", "/painel/equipe", "users", "admin.team:view", 80),
        NavItem("Your account", "/painel/conta", "key-round", "", 95),
    ),
)
