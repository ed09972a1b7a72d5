"""Payments: charges of whatever the other modules sell."""

from __future__ import annotations

from pathlib import Path

from balcao.kernel.module import Module
from balcao.modules.payments import models as models
from balcao.modules.payments.figures import FIGURES

MODULE = Module(name="payments", title="Payments", folder=Path(__file__).parent, metrics=(FIGURES,))
