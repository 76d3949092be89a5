"""The audit: slips are made in the reference, and the rubric must notice each. It knows nothing of any subject."""

from grader.audit.auditing import audit
from grader.audit.findings import Audit

__all__ = ["Audit", "audit"]
