"""A whole class: what was handed in by whom, the store, runs and regrades, policies, insight."""
