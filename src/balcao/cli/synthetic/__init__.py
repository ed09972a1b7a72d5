"""Synthetic businesses for load work: shops with a catalogue, counted stock and weeks of orders that add up."""
