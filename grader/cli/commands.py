"""The commands by name."""

COMMANDS = {
    "grade": "Grade submissions (the default: `grade PATH…`).",
    "watch": "Grade what was edited whenever the file is saved.",
    "show": "Show the cases that a rubric draws, or replay one.",
    "check": "Check a rubric: reference, stub, known mistakes, tolerances, seeds, student kit.",
    "audit": "Show how strong a rubric is, by slips made in its reference.",
    "init": "Make a new assignment that grades at once.",
    "release": "Make the student kit from the author's files.",
    "trust": "Let a rubric have its sources run by a Python of its own.",
    "doctor": "Show how well this machine can confine student code.",
}
"""Each command is `grader.cli.NAME.command`, imported when called; the sentences are for `grade --help`."""
