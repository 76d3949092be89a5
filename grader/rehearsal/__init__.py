"""A rubric rehearsed before students come: graded against answers whose marks are known, its cases laid open."""
