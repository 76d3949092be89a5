"""What the names of a student's text may stand for, found without running it.

Sets of values flow from cell to cell (Andersen, "Program analysis and specialization for the C programming language",
1994): every name and expression has a cell, every assignment, call and return pours one into another, until nothing
moves. Order and conditions are not looked at, so that no binding is hidden by another.
"""
