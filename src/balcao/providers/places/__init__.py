"""Providers of places: who knows postal codes and points on the map."""
