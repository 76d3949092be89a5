"""Kinds of checks."""
