"""YAML as an author writes it: nodes with their places, keys with their types, every fault at once."""
