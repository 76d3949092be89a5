"""Rules: how a function may be written, held against the student's text; nothing is run."""
