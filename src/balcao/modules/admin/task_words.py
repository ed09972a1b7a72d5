"""What this module's tasks do, as English msgids, by their names in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TASK_WORDS: Final[Mapping[str, str]] = {
    "admin.nightly_backup": "Makes the backup of the night",
    "admin.watch_backups": "Sees whether backups are made",
    "admin.run_backup": "Makes or verifies a backup that was asked for",
    "admin.start_restore": "Starts a restore",
    "admin.send_webhook": "Tells a webhook address",
    "admin.forget_webhooks": "Forgets old webhook messages",
    "admin.sweep_files": "Removes files that belong to nothing",
    "reaction:admin.tell_of_new_order": "Tells webhooks of a new order",
    "reaction:admin.tell_of_order_status": "Tells webhooks that an order moved",
    "reaction:admin.tell_of_payment": "Tells webhooks of a payment",
    "reaction:admin.tell_of_low_stock": "Tells webhooks of low stock",
    "reaction:admin.tell_of_erased_person": "Tells webhooks that a person was erased",
    "reaction:admin.tell_of_new_person": "Tells webhooks of a new person",
    "reaction:admin.tell_of_changed_person": "Tells webhooks that a person was changed",
    "reaction:admin.tell_of_merged_people": "Tells webhooks that people were merged",
    "reaction:admin.tell_of_deleted_person": "Tells webhooks that a person was deleted",
    "reaction:admin.forget_deleted_person": "Empties webhook messages on a deleted person",
    "reaction:admin.forget_erased_person": "Empties webhook messages on an erased person",
    "reaction:admin.tell_of_products": "Tells webhooks that products changed",
    "reaction:admin.tell_of_pause": "Tells webhooks that a shop paused or opened",
}
