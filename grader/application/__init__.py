"""What students built, at work: the author's module with the submission's functions in place, and its page.

The module runs where student code runs, confined. The page runs in the user's own browser and is served on loopback.
"""
