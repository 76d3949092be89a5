"""From the author's files to what students get: stubs, a public rubric, expected values of what is public."""
