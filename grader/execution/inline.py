"""An engine without a process of its own, for tests."""
