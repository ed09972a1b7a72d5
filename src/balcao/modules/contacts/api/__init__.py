"""The JSON API of contacts and imports."""
