"""Makes what students get from the author's files: stubs, a public rubric, the expected values of public cases."""
