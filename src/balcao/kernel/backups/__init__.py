"""Backups of the whole installation: made, verified by a real restore, kept, restored."""
