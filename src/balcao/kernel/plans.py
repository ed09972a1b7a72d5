"""The doors a plan opens: routes, jobs, reactions and menu entries of a module that is switched on."""

from __future__ import annotations

from balcao.kernel.errors import ModuleOffError, PlanInactiveError, TenantSuspendedError
from balcao.kernel.tenants import Tenant


def require_module(tenant: Tenant, module: str, *, reading: bool) -> None:
    """Refuses when the tenant's plan does not include the module.

    A lapsed plan keeps what it included readable (the shop can be browsed, data exported) and refuses changes.
    """
    if module in tenant.modules:
        return
    if module not in tenant.subscribed:
        raise ModuleOffError
    if not reading:
        raise PlanInactiveError


def require_active(tenant: Tenant, *, reading: bool = False) -> None:
    """Refuses when the platform suspended or closed the tenant. What is suspended stays readable: data are the owner's."""
    if tenant.status != "active" and not (reading and tenant.status == "suspended"):
        raise TenantSuspendedError


def require_selling(tenant: Tenant) -> None:
    """Refuses to take money or orders for a tenant that is suspended or whose plan lapsed beyond its grace."""
    require_active(tenant)
    if not tenant.paying:
        raise PlanInactiveError
