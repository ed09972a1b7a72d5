"""The cleaning of one file, in a process of its own."""
