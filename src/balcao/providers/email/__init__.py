"""Providers of e-mail: who carries messages."""
