"""The demo businesses: their data, their pictures, and the loader."""
