"""The command line: modules of a command or of a few, imported when one of their commands is called."""
