"""What the methods and types of the Python client are called.

Methods are named by address and method, which are promised to programs outside. The names of our own functions are not:
they may change while the API stays.
"""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = {"get": "get", "put": "set", "patch": "update", "delete": "delete"}
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
# Words that end like a plural and are none.
_SAME: Final = frozenset({"status", "hours", "address", "business"})
# What comes before the thing itself in addresses, area by area, and says nothing within the area.
_PREFIXES: Final = (
    "admin/central/operations", "admin/central", "admin/catalog", "admin/shipping", "admin/onboarding", "admin/billing",
    "admin", "auth", "backup", "ghl",
)  # fmt: skip
_NAMES: Final = {
    "post /admin/catalog/products/bulk": "change_products",
    "post /admin/catalog/products/order": "sort_products",
    "post /admin/catalog/categories/order": "sort_categories",
    "post /admin/catalog/products/{product_id}/pictures/order": "sort_product_pictures",
    "post /admin/central/operations/jobs/cancel": "cancel_jobs",
    "post /admin/central/operations/jobs/retry": "retry_jobs",
    "post /admin/central/tenants/{tenant_id}/first-access-test": "test_first_access",
    "post /admin/central/tenants/{tenant_id}/users/{user_id}/password-link": "send_password_link",
    "get /admin/central/operations": "get_state",
    "post /admin/inventory/{item_id}/count": "count_inventory",
    "get /admin/inventory": "list_inventory",
    "get /admin/orders/board": "get_board",
    "get /admin/orders/today": "get_today",
    "post /admin/catalog/products/{product_id}/pictures": "upload_product_picture",
    "get /admin/audit": "list_entries",
    "get /admin/audit/export.csv": "export_entries",
    "get /admin/billing": "get_plan",
    "get /admin/onboarding": "get_state",
    "post /admin/onboarding/complete": "complete",
    "post /admin/onboarding/skip": "skip",
    "post /admin/shipping/test": "test_delivery",
    "post /admin/orders/{order_id}/payments/confirm": "confirm_order_payment",
    "post /admin/orders/{order_id}/status": "set_order_status",
    "post /auth/login": "login",
    "post /auth/logout": "logout",
    "post /auth/signup": "signup",
    "post /auth/password": "change_password",
    "post /auth/password-reset": "request_password_reset",
    "post /auth/second-factor": "begin_second_factor",
    "post /auth/second-factor/off": "end_second_factor",
    "post /auth/second-factor/recovery-codes": "replace_recovery_codes",
    "post /backup/create": "create_backup",
    "post /backup/verify": "verify_backup",
    "post /backup/restore": "restore_backup",
    "post /backup/cleanup": "clean_up_backups",
    "get /backup/list": "list_backups",
    "get /backup/jobs/{run_id}": "get_run",
    "post /billing/webhook/intake": "send_intake",
    "post /billing/webhook/status": "send_status",
    "get /catalog/search": "search_catalog",
    "post /checkout": "checkout",
    "post /contacts/merge": "merge_contacts",
    "get /contacts/tags": "list_tags",
    "post /contacts/tags": "change_tags",
    "get /contacts/export.csv": "export_contacts",
    "get /debug/db": "get_database_state",
    "get /health": "get_health",
    "get /health/live": "get_live",
    "get /health/ready": "get_ready",
    "post /jobs": "upload_file",
    "get /jobs/{job_id}/events": "watch_job",
    "get /jobs/{job_id}/download": "download_job",
    "get /jobs/{job_id}/issues.csv": "download_job_issues_csv",
    "get /jobs/{job_id}/issues.xlsx": "download_job_issues_xlsx",
    "post /jobs/{job_id}/mapping": "choose_job_mapping",
    "post /jobs/{job_id}/options": "change_job_options",
    "post /jobs/{job_id}/corrections": "correct_job",
    "post /jobs/{job_id}/duplicates/split": "split_job_duplicates",
    "post /jobs/{job_id}/ghl-pushes": "push_job",
    "get /jobs/{job_id}/ghl-pushes/estimate": "estimate_push",
    "post /jobs/{job_id}/ghl-error-log": "upload_error_log",
    "get /jobs/{job_id}/ghl-error-log": "list_error_log",
    "post /orders/{order_id}/cancel-request": "request_order_cancel",
    "post /shipping/quote": "quote_shipping",
    "delete /suppressions": "delete_suppressed_value",
    "post /suppressions/upload": "upload_suppressions",
    "delete /auth/sessions": "end_other_sessions",
}  # fmt: skip


def method_name(method: str, path: str) -> str:
    """The name of an operation within its area: list_products, get_product, create_product, pause_store."""
    known = _NAMES.get(f"{method} {path}")
    if known:
        return known
    parts = _without_prefix(path).split("/")
    ends_in_one = bool(_PARAMETER.fullmatch(parts[-1]))
    nouns = [word(part) for part in parts if not _PARAMETER.fullmatch(part)]
    owners = [singular(noun) for noun in nouns[:-1]]
    last = nouns[-1]
    if method == "get":
        is_list = not ends_in_one and singular(last) != last
        return "_".join(["list" if is_list else "get", *owners, last if is_list else singular(last)])
    if method == "post":
        return _posted(owners, last)
    return "_".join([_VERBS[method], *owners, singular(last) if ends_in_one else last])


def _posted(owners: list[str], last: str) -> str:
    """A plural is where something is made, anything else is what is done."""
    return "_".join(["create", *owners, singular(last)] if singular(last) != last else [last, *owners])


def _without_prefix(path: str) -> str:
    bare = path.removeprefix("/")
    for prefix in _PREFIXES:
        if bare.startswith(f"{prefix}/"):
            return bare.removeprefix(f"{prefix}/")
    return bare


def word(text: str) -> str:
    """Part of an address as part of a name."""
    return re.sub(r"\W+", "_", text.removeprefix("ghl-")).strip("_").lower()


def singular(noun: str) -> str:
    """One of them; a noun that is no plural stays as it is."""
    if noun in _SAME or not noun.endswith("s"):
        return noun
    if noun.endswith("ies"):
        return noun.removesuffix("ies") + "y"
    return noun.removesuffix("es" if noun.endswith(("shes", "sses")) else "s")


def pascal(*parts: str) -> str:
    """Several words as the name of a type."""
    return "".join(piece[:1].upper() + piece[1:] for part in parts for piece in re.split(r"\W+|_", part))


def schema_name(name: str) -> str:
    """The name of a type for a schema; one that two files have is told apart by its file."""
    *folders, last = re.sub(r"\W", "_", name).split("__")
    if not folders or not last:
        return pascal(name)
    told = [piece for piece in folders[-1].split("_") if piece not in {"schemas", "documents", "queries"}]
    return pascal(*told, last)
