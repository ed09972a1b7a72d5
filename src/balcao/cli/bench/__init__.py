"""Measuring the program beside controls that do less, in one run, so that only ratios have to be believed."""
