"""Where contacts can be sent."""
