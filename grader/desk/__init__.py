"""Where students work: a notebook or REPL, an editor's test explorer, a file being saved."""
