"""Who carries webhooks out."""
