"""Sentences for evidence: what differs (a mismatch), and what line of thought explains it (a diagnosis)."""
