"""What an author does: new assignments, checking and auditing a rubric, the student kit."""
