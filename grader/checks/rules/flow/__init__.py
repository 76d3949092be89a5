"""What the names of a student's text may stand for, found without running it.

This is points-to analysis (Andersen, "Program analysis and specialization for the C programming language", 1994):

- A **value** is something that a name may stand for: a function, a class, an object, a container, a library's path.
  Numbers and texts are not values here: nothing can be called through them.
- A **cell** is the set of values that one name, expression, attribute or item may stand for.
- A **flow** leads from a cell into another: all that the first holds, the second holds too. Every assignment, call and
  return makes flows.

Values move along the flows until no cell changes. Order and conditions are ignored, so that no binding hides
another. Calls of one function are not told apart; attributes and items are, by name and by key.

What the student wrote is called own (an own function, an own class), all else is a library's.

Modules, each built on those before it: `values` (the nouns), `library` (what is known of libraries), `world` (all cells
and flows of a text), `members` (attributes, items, operators), `calls`, `statements` (what each construct makes flow),
and `following`, which follows a whole text.
"""
