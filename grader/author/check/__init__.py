"""Checks a rubric before students come: grades answers whose marks are known, and draws its cases anew."""
