"""Providers of payments: who moves the money."""
