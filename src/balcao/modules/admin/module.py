"""Signing in, the team, and the settings of a business."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module, NavItem, Permission
from balcao.modules.admin.api.auth import router as auth
from balcao.modules.admin.api.team import router as team

MODULE = Module(
    name="admin",
    title="Team",
    folder=Path(__file__).parent,
    gated=False,
    routers=(auth, team),
    permissions=(
        Permission("admin.team:view", "See the team"),
        Permission("admin.team:edit", "Change people, groups and sessions"),
    ),
    nav=(NavItem("Team", "/painel/equipe", "users", "admin.team:view", 80),),
)
