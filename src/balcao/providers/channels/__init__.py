"""Messengers that a business is reached by."""
