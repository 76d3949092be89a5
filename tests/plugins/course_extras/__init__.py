"""A course's own additions to pingfen."""
