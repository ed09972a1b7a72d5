"""Fixtures of the address book's tests."""

from tests.integration.contacts.book import book as book
