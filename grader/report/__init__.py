"""Reports, one module a format: each turns a `Report` into text and knows nothing of the stages that made it."""
