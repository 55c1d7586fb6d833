"""Measurements, run by `make bench`; never a test."""
