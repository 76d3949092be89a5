"""The draw language: what a rubric's draws say made into arguments and calls, the same on every machine."""
