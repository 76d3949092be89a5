"""Similar work in a class: leads for a person to look at, with the chance of each from the class itself."""
