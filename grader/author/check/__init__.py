"""A rubric checked before students come: graded against answers whose marks are known, its cases drawn anew."""
