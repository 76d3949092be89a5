"""The head of a small rubric."""

HEAD = """\
title: Two functions
language: en
seed: 1
submission: work.py
reference: reference.py
"""
