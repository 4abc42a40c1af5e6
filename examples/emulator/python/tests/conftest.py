"""Runs of pytest inside a test of pytest."""

pytest_plugins = ["pytester"]
