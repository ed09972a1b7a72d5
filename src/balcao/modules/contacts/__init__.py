"""Contacts: the people a business knows, and spreadsheets made clean."""
