"""Messages that leave: the outbox, its channels, the in-product mailbox."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module
from balcao.modules.messaging import models as models

MODULE = Module(name="messaging", title="Messages", folder=Path(__file__).parent)
