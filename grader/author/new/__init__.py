"""New assignments: from a template, or from a notebook that is solved already."""
